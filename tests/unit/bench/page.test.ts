import { expect, test } from "vitest";
import { barChart } from "@/bench/chart";

test("a chart's bars are in proportion, and a label cannot become markup", () => {
  const svg = barChart("A & B", [
    { label: "<script>", value: 100, text: "100/s", isOurs: true },
    { label: "half", value: 50, text: "50/s", isOurs: false },
  ]);
  const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths[0]).toBeCloseTo(2 * (widths[1] as number), 1);
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("A &#38; B");
});

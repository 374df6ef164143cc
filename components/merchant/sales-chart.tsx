import Link from "next/link";
import type { ReactNode } from "react";
import { Cell, HeadCell, Table } from "@/components/ui/table";

export interface ChartDay {
  /** "2026-11-21" */
  readonly day: string;
  /** From the ground up: the whole, and the part of it that stands in front; or two figures beside each other. */
  readonly behind: number;
  readonly front: number;
  /** The row of the table, in the order of its columns. */
  readonly cells: readonly string[];
  readonly href: string;
}

interface SalesChartProps {
  title: string;
  /** What the chart says in one sentence, for those who do not see it. */
  summary: string;
  legend: readonly (readonly [label: string, kind: "behind" | "front"])[];
  days: readonly ChartDay[];
  columns: readonly string[];
  tableLabel: string;
  /** Neither figure is a part of the other: in front of it, one would hide the other. */
  isBeside?: boolean;
  children?: ReactNode;
}

const WIDTH = 600;
const HEIGHT = 120;

/** Bars of a period, drawn on the server, and the same as a table whose days lead to their orders. No script. */
export function SalesChart(props: Readonly<SalesChartProps>) {
  const { title, summary, legend, days, columns, tableLabel, isBeside = false, children } = props;
  const most = Math.max(1, ...days.map(({ behind, front }) => Math.max(behind, front)));
  const step = WIDTH / Math.max(1, days.length);
  const wide = step * (isBeside ? 0.4 : 0.8);
  const heightOf = (value: number) => (value > 0 ? Math.max(1.5, (HEIGHT * value) / most) : 0);
  return (
    <figure className="min-w-0 rounded-md border bg-surface p-4">
      <figcaption className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="font-medium">{title}</span>
        <span className="flex gap-3 text-xs text-faint">
          {legend.map(([label, kind]) => (
            <span key={kind} className="inline-flex items-center gap-1.5">
              <span aria-hidden="true" className={`size-2.5 rounded-sm ${kind === "front" ? "bg-soft" : "bg-edge"}`} />
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      {children}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary}
        className="block h-32 w-full border-b"
      >
        {days.map(({ day, behind, front, cells }, n) => (
          <g key={day}>
            <title>{cells.join(" · ")}</title>
            <Bar x={(n + 0.1) * step} width={wide} height={heightOf(behind)} color="var(--color-edge)" />
            <Bar
              x={(n + (isBeside ? 0.5 : 0.1)) * step}
              width={wide}
              height={heightOf(front)}
              color="var(--color-soft)"
            />
          </g>
        ))}
      </svg>
      <p className="figures mt-1 flex justify-between text-xs text-faint" aria-hidden="true">
        <span>{days[0]?.day.slice(5)}</span>
        <span>{days.at(-1)?.day.slice(5)}</span>
      </p>
      <details className="mt-2">
        <summary className="inline-block py-1 text-sm text-soft underline underline-offset-4">{tableLabel}</summary>
        <Table aria-label={title}>
          <thead>
            <tr>
              {columns.map((column, n) => (
                <HeadCell key={column} className={n > 0 ? "text-right" : undefined}>
                  {column}
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, cells, href }) => (
              <tr key={day}>
                {cells.map((cell, n) =>
                  n === 0 ? (
                    <Cell key="day" className="figures whitespace-nowrap">
                      <Link href={href} prefetch={false} className="underline decoration-line underline-offset-4">
                        {cell}
                      </Link>
                    </Cell>
                  ) : (
                    <Cell key={columns[n]} className="figures whitespace-nowrap text-right">
                      {cell}
                    </Cell>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  );
}

interface BarProps {
  x: number;
  width: number;
  height: number;
  color: string;
}

const Bar = ({ x, width, height, color }: Readonly<BarProps>) => (
  <rect x={x} y={HEIGHT - height} width={width} height={height} fill={color} />
);

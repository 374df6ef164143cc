import { describe, expect, test } from "vitest";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { MAIN_POOL } from "@/lib/kernel/main-pool";

describe("a stock pool's name", () => {
  test("is said in the reader's language for the one that every merchant begins with", () => {
    expect([poolNameIn("zh", MAIN_POOL), poolNameIn("en", MAIN_POOL)]).toEqual(["主仓", "Main"]);
  });

  test("is left as its merchant wrote it, be it the first pool's or one that is called the same", () => {
    expect(poolNameIn("zh", { slug: "main", name: "华东" })).toBe("华东");
    expect(poolNameIn("zh", { slug: "p-1", name: "Main" })).toBe("Main");
  });
});

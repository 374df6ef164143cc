import { describe, expect, test } from "vitest";
import type { Mapping } from "@/lib/features/statements/schema";
import { Mapping as MappingSchema } from "@/lib/features/statements/schema";
import { timeReader } from "@/lib/features/statements/times";
import { toGbk } from "@/sandbox/gateways/gbk";
import { read } from "./reading";

const MAPPING: Mapping = {
  encoding: "utf-8",
  delimiter: ",",
  skippedLines: 0,
  zone: "Asia/Shanghai",
  dateOrder: "ymd",
  currency: "CNY",
  sign: "negative_refunds",
  refundWords: [],
  paidWords: [],
  columns: { at: 0, amount: 1, tradeNo: 2, orderNo: 3 },
};
const table = (...lines: string[]) => Buffer.from(["time,amount,trade,order,status", ...lines, ""].join("\n"));

describe("a table that only its owner knows", () => {
  test("is read as the owner says: signs, quotes over two lines, groups of digits, unknown columns kept", async () => {
    const { rows, rejects } = await read(
      table(
        '2026/11/19 10:00,"1,280.00",T1,O1,"say ""hi""\nthere"',
        "2026-11-19 11:00:00,-3.00,T1,O1,x",
        "2026年11月19日,¥5,T2,O2,",
      ),
      { mapping: MAPPING },
    );
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      { kind: "payment", amountMinor: 128_000n, line: 2, occurredAt: Date.parse("2026-11-19T02:00:00Z") },
      { kind: "refund", amountMinor: 300n, line: 4 },
      { kind: "payment", amountMinor: 500n, occurredAt: Date.parse("2026-11-18T16:00:00Z") },
    ]);
    expect(rows[0]?.raw).toContain('say "hi"\nthere');
  });

  test("each bad line is told with its reason, and the others are kept", async () => {
    const { rows, rejects } = await read(
      table(
        "yesterday,1,T1,O,",
        "2026-11-19,1.005,T2,O,",
        "2026-11-19,1e3,T3,O,",
        "2026-11-19,1,,,",
        "2027-11-19,1,T4,O,",
        "2026-11-19,1,T5,O,,,x",
        "2026-11-19,1,T6,O,",
      ),
      { mapping: MAPPING },
    );
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "time"],
      [3, "amount"],
      [4, "amount"],
      [5, "number_missing"],
      [6, "future"],
      [7, "columns"],
    ]);
    expect(rows).toMatchObject([{ gatewayTradeNo: "T6" }]);
  });

  test("the rules of signs and words", async () => {
    const lines = table("2026-11-19,-2,T1,O1,退款", "2026-11-19,2,T2,O2,收款", "2026-11-19,3,T3,O3,待付");
    const kindsOf = async (changes: Partial<Mapping>) => {
      const { rows, rejects, passed } = await read(lines, { mapping: { ...MAPPING, ...changes } });
      return [rows.map(({ kind }) => kind), rejects.map(({ reason }) => reason), passed];
    };
    const columns = { ...MAPPING.columns, kind: 4, status: 4 };
    expect(await kindsOf({ sign: "positive" })).toEqual([["payment", "payment"], ["negative_amount"], 0]);
    expect(await kindsOf({ sign: "refunds" })).toEqual([["refund", "refund", "refund"], [], 0]);
    expect(await kindsOf({ sign: "words", refundWords: ["退款"], columns })).toEqual([
      ["refund", "payment", "payment"],
      [],
      0,
    ]);
    expect(await kindsOf({ paidWords: ["收款", "退款"], columns })).toEqual([["refund", "payment"], [], 1]);
  });

  test("GBK, semicolons, lines before the header, and another clock", async () => {
    const bytes = toGbk("交易明细\n账户：我\n时间;金额;流水号;订单号\n19.11.2026 09:30;12.50;T1;O1\n");
    const mapping: Mapping = {
      ...MAPPING,
      encoding: "gbk",
      delimiter: ";",
      skippedLines: 2,
      dateOrder: "dmy",
      zone: "Europe/Berlin",
    };
    expect((await read(bytes, { mapping })).rows).toMatchObject([
      { amountMinor: 1_250n, occurredAt: Date.parse("2026-11-19T08:30:00Z") },
    ]);
    expect((await read(bytes, { mapping: { ...mapping, encoding: "utf-8" } })).refused).toMatchObject({
      reason: "wrong_encoding",
      line: 1,
    });
  });

  test("columns that are not there, and a quote that never closes", async () => {
    expect(
      (await read(table("x"), { mapping: { ...MAPPING, columns: { at: 0, amount: 40, orderNo: 1 } } })).refused,
    ).toEqual({ reason: "mapping_mismatch", line: 1 });
    expect((await read(table('2026-11-19,1,"T1,O1,'), { mapping: MAPPING })).refused?.reason).toBe("truncated");
  });

  test("formulas are texts: kept as they stand, and never a number", async () => {
    const { rows, rejects } = await read(
      table("2026-11-19,=1+1,T1,O1,", '2026-11-19,1,"=""0012""",@SUM(A1),=HYPERLINK("http://x")'),
      { mapping: MAPPING },
    );
    expect(rejects).toMatchObject([{ line: 2, reason: "amount" }]);
    expect(rows).toMatchObject([{ gatewayTradeNo: "0012", outTradeNo: "@SUM(A1)" }]);
  });

  test("without a trade number the order's number names the row, and a mapping without both is none", async () => {
    const mapping: Mapping = { ...MAPPING, columns: { at: 0, amount: 1, orderNo: 3 } };
    expect((await read(table("2026-11-19,1,T1,O1,"), { mapping })).rows).toMatchObject([
      { gatewayTradeNo: "", part: "O1" },
    ]);
    expect(MappingSchema.safeParse({ ...MAPPING, columns: { at: 0, amount: 1 } }).success).toBe(false);
  });
});

test("times: every spelling that programs use, and none that no clock shows", () => {
  const at = (text: string, order: "ymd" | "dmy" | "mdy" = "ymd") =>
    timeReader({ zone: "America/New_York", order })(text);
  const noon = Date.parse("2026-07-04T16:00:00Z");
  for (const text of [
    "2026-07-04 12:00:00",
    "2026/7/4 12:00",
    "20260704120000",
    "2026-07-04T16:00:00Z",
    "2026-07-04T18:00:00+02:00",
    `${noon / 1000}`,
    `${noon}`,
  ])
    expect([text, at(text)]).toEqual([text, noon]);
  expect(at("04/07/2026 12:00", "dmy")).toBe(noon);
  expect(at("07/04/2026 12:00:00", "mdy")).toBe(noon);
  expect(at("2026-12-04 12:00")).toBe(Date.parse("2026-12-04T17:00:00Z"));
  for (const text of [
    "",
    "2026-02-29",
    "2026-13-01",
    "2026-07-04 24:00",
    "04/07/2026",
    "12:00",
    "2026-07-04 12:00 PM",
    "０２",
  ])
    expect([text, at(text)]).toEqual([text, null]);
});

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { toGbk } from "@/sandbox/gateways/gbk";
import { zip } from "@/sandbox/gateways/zip";
import { setBounds } from "@/tests/support/bounds";
import { ALIPAY, changed, read, WECHAT, WECHAT_GZIP } from "./reading";

const entry = (name: string, content: Buffer) => ({ name: Buffer.from(name), content });

describe("a file that is not what the gateway made is refused, with the line", () => {
  test.each([
    ["Alipay: one payment left out", changed(ALIPAY, /\n20261119[^\n]+AL1[^\n]+\n/, "\n"), "control_mismatch"],
    ["Alipay: one amount raised", changed(ALIPAY, ",9.90,9.90,", ",9.90,99.90,"), "control_mismatch"],
    ["Alipay: the total changed", changed(ALIPAY, "9.90\xd4\xaa", "9.91\xd4\xaa"), "control_mismatch"],
    ["Alipay: cut off in the middle", ALIPAY.subarray(0, ALIPAY.indexOf("RF1")), "truncated"],
    ["WeChat Pay: cut off before its totals", WECHAT.subarray(0, WECHAT.lastIndexOf("\n`2026")), "truncated"],
    ["WeChat Pay: cut off inside its totals", WECHAT.subarray(0, WECHAT.lastIndexOf("`2,")), "truncated"],
    ["WeChat Pay: one amount lowered", changed(WECHAT, "`9.90,`0.00,`\r", "`0.90,`0.00,`\r"), "control_mismatch"],
    ["WeChat Pay: one line too many", changed(WECHAT, /(`2026-11-19 10[^\n]+\n)/, "$1$1"), "control_mismatch"],
    [
      "WeChat Pay: a payment behind the totals",
      Buffer.concat([WECHAT, Buffer.from("`2026-11-19 10:00:00,`x\r\n")]),
      "trailing_lines",
    ],
    ["gzip cut off", WECHAT_GZIP.subarray(0, WECHAT_GZIP.length - 40), "truncated"],
  ])("%s", async (_what, bytes, reason) => {
    const { refused } = await read(bytes);
    expect(refused).toMatchObject({ reason });
    expect(refused?.line).toBeGreaterThan(0);
  });

  test("a bad row names its own line, not the last one", async () => {
    const bad = changed(WECHAT, "`9.90,`0.00,`\r", "`9,9,`0.00,`\r");
    expect(await read(bad)).toMatchObject({ refused: { reason: "control_mismatch", line: 2 } });
    expect((await read(bad)).rejects).toMatchObject([{ line: 2, reason: "amount" }]);
  });

  test("bytes that GBK does not have, and GBK where UTF-8 is claimed, name their line", async () => {
    const broken = Buffer.from(ALIPAY);
    const at = broken.indexOf("RF1");
    broken[at] = 0xff;
    expect((await read(broken)).refused).toEqual({ reason: "wrong_encoding", line: 7 });
    const mixed = Buffer.concat([
      WECHAT.subarray(0, WECHAT.indexOf("WX1")),
      Buffer.from([0xd6, 0xd0]),
      WECHAT.subarray(WECHAT.indexOf("WX1")),
    ]);
    // One stray pair makes it no UTF-8, and read as GBK its header is nobody's.
    expect((await read(mixed)).refused?.reason).toMatch(/unknown_format|wrong_encoding/);
  });

  test("another account's statement is refused by the line that names it", async () => {
    expect((await read(ALIPAY, { owner: "2088000000000000" })).refused).toEqual({ reason: "other_account", line: 2 });
    expect((await read(WECHAT, { owner: "1900000002" })).refused).toEqual({ reason: "other_account", line: 2 });
  });

  test("a payment of a negative amount, and one of next week, are no rows", async () => {
    const negative = changed(WECHAT, "`9.90,`0.00,`\r", "`-9.90,`0.00,`\r");
    expect((await read(negative)).rejects).toMatchObject([{ line: 2, reason: "negative_amount" }]);
    const late = await read(WECHAT, { now: Date.parse("2026-11-18T00:00:00Z") });
    // Its sums are right, so the file stands; only nothing of the future is believed.
    expect([late.refused, late.rows, late.rejects.map(({ reason }) => reason)]).toEqual([
      null,
      [],
      ["future", "future"],
    ]);
    const noDay = changed(WECHAT, "2026-11-19 10:00:00", "2026-02-30 10:00:00");
    expect((await read(noDay)).rejects).toMatchObject([{ reason: "time" }]);
  });

  test("a broken cell shifts no neighbour into the amount", async () => {
    const comma = changed(ALIPAY, ",2026-11-19 09:00:00,", ",a,b,2026-11-19 09:00:00,");
    expect(await read(comma)).toMatchObject({ rejects: [{ line: 6, reason: "columns" }], refused: { line: 6 } });
  });
});

describe("archives", () => {
  test("a bomb ends at the first line that is too long, and holds nothing", async () => {
    const zeros = Buffer.alloc(200 * 1024 * 1024, 0x41);
    const before = process.memoryUsage().rss;
    const bomb = zip([entry("bill.csv", Buffer.concat([Buffer.from("支付宝交易号,商户订单号,业务类型\n"), zeros]))]);
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect((await read(bomb)).refused?.reason).toMatch(/line_too_long|unknown_format/);
    expect((await read(gzipSync(zeros))).refused?.reason).toMatch(/line_too_long|unknown_format/);
    expect(process.memoryUsage().rss - before).toBeLessThan(1024 * 1024 * 1024);
  });

  test("what unfolds past the bound is refused, whatever its header says", async () => {
    const putBoundsBack = setBounds({ statementUnpackedBytesMax: ALIPAY.length - 1 });
    try {
      expect((await read(zip([entry("a.csv", ALIPAY)]))).refused?.reason).toBe("too_large");
      expect((await read(WECHAT_GZIP)).refused).toBeNull();
    } finally {
      putBoundsBack();
    }
    // The directory says that a file is small; it is not.
    const lying = zip([entry("a.csv", ALIPAY)]);
    lying.writeUInt32LE(10, lying.lastIndexOf("PK\x01\x02") + 24);
    expect((await read(lying)).refused?.reason).toBe("corrupt");
  });

  test("names that climb out of the archive are passed by, and never used", async () => {
    const names = ["../../etc/cron.d/x.csv", "/etc/x.csv", "..\\x.csv", "readme.pdf"];
    expect((await read(zip(names.map((name) => entry(name, ALIPAY))))).refused?.reason).toBe("no_statement_inside");
    expect((await read(zip([entry("../x.csv", Buffer.from("no")), entry("x.csv", ALIPAY)]))).rows).toHaveLength(2);
  });

  test("too many files, two statements, none, a broken or cut archive", async () => {
    const many = Array.from({ length: limits.statementEntriesMax + 1 }, (_, n) => entry(`${n}.csv`, ALIPAY));
    const archive = zip([entry("a.csv", ALIPAY)]);
    const wrong = Buffer.from(archive);
    wrong[60] = (wrong[60] ?? 0) ^ 0xff;
    const reasons = [
      zip(many),
      zip([entry("a.csv", ALIPAY), entry("b.csv", ALIPAY)]),
      zip([]),
      wrong,
      archive.subarray(0, -30),
    ];
    const found = await Promise.all(reasons.map(async (bytes) => (await read(bytes)).refused?.reason));
    expect(found).toEqual(["too_many_entries", "two_statements", "no_statement_inside", "corrupt", "corrupt"]);
  });
});

describe("tables", () => {
  test("ten thousand columns, and a line without end, are refused and not held", async () => {
    const wide = Buffer.from(
      `${["支付宝交易号", "商户订单号", "业务类型", ...Array.from({ length: 1_000 }, (_, n) => `c${n}`)].join(",")}\n1\n`,
    );
    expect((await read(wide)).refused).toEqual({ reason: "too_many_columns", line: 1 });
    const wider = Buffer.from(`支付宝交易号,商户订单号,业务类型${",c".repeat(10_000)}\n1\n`);
    expect((await read(wider)).refused).toEqual({ reason: "line_too_long", line: 1 });
    const endless = Buffer.from(`${"c,".repeat(10_000)}\n`);
    expect((await read(endless)).refused?.reason).toMatch(/unknown_format|line_too_long/);
    const long = Buffer.concat([WECHAT.subarray(0, WECHAT.indexOf("\n") + 1), Buffer.alloc(1024 * 1024, 0x60)]);
    expect((await read(long)).refused).toEqual({ reason: "line_too_long", line: 2 });
  });

  test("a table that nobody knows, an empty file and NUL bytes are no statement", async () => {
    expect((await read(Buffer.from("a,b\n1,2\n"))).refused?.reason).toBe("unknown_format");
    expect((await read(Buffer.alloc(0))).refused?.reason).toBe("empty");
    expect((await read(Buffer.from("a,\0\n"))).refused?.reason).toBe("unknown_format");
    expect((await read(toGbk("交易时间,金额\n2026,1\n"))).refused?.reason).toBe("unknown_format");
  });
});

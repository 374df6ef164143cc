import { spawn } from "node:child_process";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { addChunk, openFile } from "@/lib/features/statements/store";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import { type BillOptions, wechatBill } from "@/sandbox/gateways/large-bill";
import { setBounds } from "@/tests/support/bounds";
import { bundleChild } from "@/tests/support/child-program";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { WECHAT as VECTOR } from "@/tests/unit/statements/reading";
import { type Admin, addAdmin, addWechat, upload } from "./statement-shop";

/** So many rows are stored at once here; a chunk of the shop is ten of these. */
const CHUNK = 100;

describe("a statement that is brought", { timeout: 180_000 }, () => {
  let shop: TestShop;
  let putBoundsBack: () => void;
  let admin: Admin;
  test.beforeAll(async ({ database }) => {
    putBoundsBack = setBounds({ statementRowsPerChunk: CHUNK });
    shop = await openShop(database);
    admin = await addAdmin(shop.deps);
    for (let number = 0; number < 16; number += 1) await addWechat(shop.deps, `wx${number}`);
  });
  test.afterAll(() => shop.close().finally(putBoundsBack));
  test.afterEach(({ database }) => expectInvariants(database));

  let accounts = 0;
  /** An account that no other test has. */
  const freshAccount = () => `wx${accounts++}`;
  async function* bytes(content: Buffer) {
    yield content;
  }
  const bring = (account: string, source: AsyncIterable<Uint8Array>) => upload(shop.deps, admin, source, account);
  const bill = (account: string, rows: number, options: BillOptions = {}) => bring(account, wechatBill(rows, options));
  const count = async (account: string): Promise<number> =>
    (await shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM statement_row WHERE account_id = $1", [account]))[0]
      ?.n ?? -1;

  test("has its rows on record, each with its cells, and its sums counted by currency and kind", async () => {
    const account = freshAccount();
    const stored = await bring(account, bytes(VECTOR));
    expect(stored).toMatchObject({
      ok: true,
      value: { state: "kept", rowCount: 2, knownCount: 0, rejectedCount: 0, isRepeat: false },
    });
    expect(
      await shop.rows(
        "SELECT kind, gateway_trade_number, out_trade_no, refund_number, amount_minor::text AS amount, currency, fee, occurred_at, raw->>6 AS cell FROM statement_row WHERE account_id = $1 ORDER BY line",
        [account],
      ),
    ).toEqual([
      {
        kind: "payment",
        gateway_trade_number: "4200000001202611190000000001",
        out_trade_no: "WX1",
        refund_number: null,
        amount: "990",
        currency: "CNY",
        fee: "0.05940",
        occurred_at: new Date("2026-11-19T02:00:00Z"),
        cell: "WX1",
      },
      expect.objectContaining({ kind: "refund", refund_number: "RF1", amount: "300" }),
    ]);
    const [file] = await shop.rows(
      "SELECT sums, control, columns[7] AS name, state FROM statement_file WHERE account_id = $1",
      [account],
    );
    expect(file).toMatchObject({
      name: "商户订单号",
      sums: { CNY: { payment: { count: 1, amountMinor: "990" }, refund: { count: 1, amountMinor: "300" } } },
      control: { stated: { row_count: "2" }, counted: { row_count: "2" } },
    });
    const events = await shop.rows(
      "SELECT detail FROM audit_event WHERE action = 'statement.kept' AND detail->>'accountId' = $1",
      [account],
    );
    expect(events).toMatchObject([{ detail: { rowCount: 2, source: "upload" } }]);
  });

  test("twice is once, also packed otherwise: the same file is the same, and the same rows in another file are known", async () => {
    const account = freshAccount();
    expect(await bill(account, 500)).toMatchObject({ ok: true, value: { rowCount: 500 } });
    expect(await bill(account, 500)).toMatchObject({ ok: true, value: { rowCount: 500, isRepeat: true } });
    const plain: Buffer[] = [];
    for await (const piece of wechatBill(500)) plain.push(piece);
    const packed = await bring(account, bytes(gzipSync(Buffer.concat(plain))));
    expect(packed).toMatchObject({ ok: true, value: { rowCount: 0, knownCount: 500 } });
    // A longer period holds the shorter one.
    expect(await bill(account, 700)).toMatchObject({ ok: true, value: { rowCount: 200, knownCount: 500 } });
    expect(await count(account)).toBe(700);
    const other = freshAccount();
    expect(await bill(other, 500)).toMatchObject({ ok: true, value: { rowCount: 500 } });
  });

  test("in two tabs at once adds each row once, and both hear that it is kept", async () => {
    const account = freshAccount();
    const both = await Promise.all([bill(account, 3_000), bill(account, 3_000)]);
    expect(both).toMatchObject([
      { ok: true, value: { state: "kept" } },
      { ok: true, value: { state: "kept" } },
    ]);
    const [file] = await shop.rows(
      "SELECT count(*)::int AS files, sum(row_count)::int AS rows, sum(known_count)::int AS known FROM statement_file WHERE account_id = $1",
      [account],
    );
    expect([file, await count(account)]).toEqual([{ files: 1, rows: 3_000, known: 0 }, 3_000]);
  });

  test("as two files with the same rows at once adds each row once, without a deadlock", async () => {
    const account = freshAccount();
    const both = await Promise.all([bill(account, 1_000), bill(account, 1_001)]);
    expect(both.every(({ ok }) => ok)).toBe(true);
    expect(await count(account)).toBe(1_001);
  });

  test("with sums that its rows deny is on record as refused, with the line, and none of its rows is", async () => {
    const account = freshAccount();
    const refused = await bill(account, 600, { statedFen: 1 });
    expect(refused).toMatchObject({ ok: false, error: { reason: "control_mismatch", line: 603 } });
    expect(await count(account)).toBe(0);
    expect(
      await shop.rows("SELECT state, failure, failure_line FROM statement_file WHERE account_id = $1", [account]),
    ).toEqual([{ state: "refused", failure: "control_mismatch", failure_line: 603 }]);
    expect(await bill(account, 600)).toMatchObject({ ok: true });
    expect(await count(account)).toBe(600);
  });

  test("of another merchant is refused by its first row", async () => {
    const account = freshAccount();
    expect(await bill(account, 10, { mchid: "1900000099" })).toMatchObject({
      ok: false,
      error: { reason: "other_account", line: 2 },
    });
    expect(await upload(shop.deps, admin, wechatBill(10), "epay")).toMatchObject({
      ok: false,
      error: { reason: "other_account" },
    });
    expect(await upload(shop.deps, admin, wechatBill(10), "nobody")).toEqual({ ok: false, error: "not_found" });
  });

  test("with another amount for a row that is known: the row stays, and the line is told", async () => {
    const account = freshAccount();
    await bill(account, 10);
    expect(await bill(account, 11, { fen: 991 })).toMatchObject({
      ok: true,
      value: { rowCount: 1, knownCount: 0, rejectedCount: 10 },
    });
    const rejects = await shop.rows(
      "SELECT r.line, r.reason FROM statement_reject r JOIN statement_file f ON f.id = r.file_id WHERE f.account_id = $1 ORDER BY r.line",
      [account],
    );
    expect(rejects[0]).toEqual({ line: 2, reason: "differs" });
    expect(
      await shop.rows(
        "SELECT DISTINCT amount_minor::int AS amount FROM statement_row WHERE account_id = $1 ORDER BY 1",
        [account],
      ),
    ).toEqual([{ amount: 990 }, { amount: 991 }]);
  });

  test("with a later status of a known refund renews the status and nothing else", async () => {
    const account = freshAccount();
    await bring(
      account,
      bytes(Buffer.from(VECTOR.toString("utf8").replace("`ORIGINAL,`SUCCESS", "`ORIGINAL,`PROCESSING"))),
    );
    await bring(account, bytes(VECTOR));
    expect(
      await shop.rows("SELECT status FROM statement_row WHERE account_id = $1 AND kind = 'refund'", [account]),
    ).toEqual([{ status: "SUCCESS" }]);
  });

  test("cannot be changed afterwards, not by the shop itself", async () => {
    const account = freshAccount();
    await bill(account, 1);
    const tries = [
      shop.deps.db.$executeRaw`UPDATE statement_row SET amount_minor = 1 WHERE account_id = ${account}`,
      shop.deps.db.$executeRaw`UPDATE statement_file SET row_count = 0 WHERE account_id = ${account}`,
      shop.deps.db.$executeRaw`DELETE FROM statement_row WHERE account_id = ${account}`,
    ];
    const ended = await Promise.allSettled(tries);
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  test("with names that Postgres has no letters for is kept all the same", async () => {
    const account = freshAccount();
    const odd = "a\\u0000b\\ud800c 😀";
    const stored = await bring(account, bytes(Buffer.from(VECTOR.toString("utf8").replaceAll("会员卡", odd))));
    expect(stored).toMatchObject({ ok: true, value: { rowCount: 2 } });
  });

  test("takes no chunk before the one before it, and each once", async () => {
    const account = freshAccount();
    const draft = {
      id: newId(),
      accountId: account,
      source: "upload",
      format: "wechat_trade",
      day: null,
      name: "x",
    } as const;
    const file = { ...draft, sha256: Buffer.alloc(32, 7), byteCount: 1, columns: [], mapping: null, uploadedBy: null };
    const add = (from: number, line: number) =>
      inTransaction(shop.deps.db, async (tx) => {
        const { id } = await openFile(tx, file);
        return ok(await addChunk(tx, id, { rows: [], rejects: [], passed: line - from, from, line }));
      });
    expect(await add(10, 20)).toEqual({ ok: true, value: "early" });
    expect(await add(0, 10)).toEqual({ ok: true, value: "added" });
    expect(await add(10, 20)).toEqual({ ok: true, value: "added" });
    expect(await add(0, 10)).toEqual({ ok: true, value: "known" });
    const [row] = await shop.rows(
      "SELECT stored_line AS line, passed_count AS passed FROM statement_file WHERE id = $1",
      [file.id],
    );
    expect(row).toEqual({ line: 20, passed: 20 });
  });

  test("whose storing is killed goes on where it stood, and has each row once", async () => {
    const script = await bundleChild("tests/integration/statements/statement-child.ts");
    try {
      const child = spawn(
        process.execPath,
        [script, JSON.stringify(shop.urls), admin.userId, "6000", "400", `${CHUNK}`],
        {
          stdio: "ignore",
        },
      );
      const exited = once(child, "exit");
      const stored = async () => {
        const file = { accountId: "wx15", state: "reading" };
        return (await shop.deps.db.statementFile.findFirst({ where: file }))?.storedLine ?? 0;
      };
      await expect.poll(stored, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(4 * CHUNK);
      child.kill("SIGKILL");
      await exited;
      const [file] = await shop.rows<{ state: string; stored_line: number }>(
        "SELECT state, stored_line FROM statement_file WHERE account_id = 'wx15'",
      );
      expect(file?.state).toBe("reading");
      expect(file?.stored_line).toBeGreaterThanOrEqual(4 * CHUNK);
      expect(await count("wx15")).toBeLessThan(6_000);
      expect(await bill("wx15", 6_000)).toMatchObject({
        ok: true,
        value: { state: "kept", rowCount: 6_000, knownCount: 0, rejectedCount: 0 },
      });
      expect(await count("wx15")).toBe(6_000);
    } finally {
      removeFolder(script);
    }
  });
});

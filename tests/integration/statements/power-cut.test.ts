import { readFileSync } from "node:fs";
import path from "node:path";
import { prepareEmbeddedDatabase } from "@/lib/platform/database-roles";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { bringUpToDate } from "@/lib/platform/start-database";
import { wechatBill } from "@/sandbox/gateways/large-bill";
import { openShop } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { expect, test } from "@/tests/support/test";
import { addAdmin, addWechat, upload } from "./statement-shop";

const ROWS = 30_000;
const CUT_AT = 4_000;
const TRIES_MAX = 20;
const log = createLog("silent");

test("a database that stops as by a power cut loses no file that was acknowledged, and half of one is gone on with", {
  timeout: 180_000,
}, async () => {
  const home = makeTemporaryFolder("power");
  // As a shop runs it: it waits for the disk wherever it is not told otherwise.
  const postgres = await startEmbeddedPostgres({ home, log });
  const urls = await prepareEmbeddedDatabase(postgres, "kapu");
  await bringUpToDate(urls, log);
  const shop = await openShop(urls);
  const cut = (): void => {
    const [pid] = readFileSync(path.join(home, "postgres-18", "data", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGQUIT");
  };
  const standing = async () => {
    const [row] = await shop.rows<{ state: string; line: number; rows: number }>(
      "SELECT state, stored_line AS line, (SELECT count(*)::int FROM statement_row) AS rows FROM statement_file",
    );
    return row;
  };
  const isBack = () => expect.poll(() => standing().catch(() => null), { timeout: 60_000 }).not.toBeNull();
  try {
    await addWechat(shop.deps);
    const admin = await addAdmin(shop.deps);
    const bring = () => upload(shop.deps, admin, wechatBill(ROWS)).catch(() => null);
    const first = bring();
    await expect
      .poll(async () => (await standing())?.line ?? 0, { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(CUT_AT);
    cut();
    expect((await first)?.ok).not.toBe(true);
    await isBack();
    const half = await standing();
    expect(half?.state).toBe("reading");
    // Every row up to the line that is in, and none behind it; the first line is the header.
    expect(half?.rows).toBe(Math.max(0, (half?.line ?? 0) - 1));
    expect(half?.rows).toBeLessThan(ROWS);

    let stored: Awaited<ReturnType<typeof bring>> = null;
    for (let turn = 0; turn < TRIES_MAX && !stored?.ok; turn++) stored = await bring();
    expect(stored).toMatchObject({
      ok: true,
      value: { state: "kept", rowCount: ROWS, knownCount: 0, rejectedCount: 0 },
    });
    cut();
    await isBack();
    expect(await standing()).toMatchObject({ state: "kept", rows: ROWS });
  } finally {
    await shop.close();
    await postgres.stop();
    removeFolder(home);
  }
});

import { type Spent, spendQuota } from "@/lib/flows/spend-quota";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { withClient } from "@/lib/platform/with-client";
import { openBadLine, spoil } from "@/tests/support/bad-line";
import { hearWhileBackendsDie } from "@/tests/support/dying-backends";
import { openDeps, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { quota, shop, useQuotaScene } from "./quota-scene";

describe("spending a key while things break", () => {
  useQuotaScene();

  /** What a program would hear: a verdict, or "unavailable, ask again". */
  async function hear(deps: Deps, key: string, callId: string): Promise<Spent["verdict"] | "unavailable"> {
    try {
      return (await spendQuota(deps, { key: new Secret(key), callId, uses: 1 })).verdict;
    } catch (error) {
      if (isPassing(error)) return "unavailable";
      throw error;
    }
  }
  const usedOf = async () =>
    (await shop.rows<{ used: number }>("SELECT used FROM quota WHERE used > 0 ORDER BY created_at DESC LIMIT 1"))[0]
      ?.used;

  test("answers that the line lost and connections that were cut: each call may be asked again, and each is counted once", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 400 });
    const [key] = keys as [string];
    const line = await openBadLine(database);
    const deps = openDeps(line.urls);
    const calm = spoil(line, ["replies eaten", "clear", "down", "clear", "cut when ready"]);
    const calls = Array.from({ length: 300 }, (_, n) => `stormy-call-${n}`);
    const first: string[] = [];
    for (let n = 0; n < calls.length; n += 20)
      first.push(...(await Promise.all(calls.slice(n, n + 20).map((callId) => hear(deps, key, callId)))));
    await calm();
    expect(line.eaten).toBeGreaterThan(0);
    expect(first.filter((word) => !["spent", "replayed", "unavailable"].includes(word))).toEqual([]);
    const again = await Promise.all(calls.map((callId) => hear(shop.deps, key, callId)));
    // Whatever was acknowledged is there; of the others nobody knew.
    for (const [n, word] of first.entries()) if (word !== "unavailable") expect(again[n]).toBe("replayed");
    expect(again.filter((word) => word !== "spent" && word !== "replayed")).toEqual([]);
    expect(await usedOf()).toBe(300);
    await closeDeps(deps);
    await line.stop();
  });

  test("backends killed again and again: nothing acknowledged is lost, and nothing is counted twice", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 250 });
    const [key] = keys as [string];
    const deps = openDeps(shop.urls);
    const calls = Array.from({ length: 300 }, (_, n) => `killed-call-${n}`);
    const first = await hearWhileBackendsDie(database, calls, (callId) => hear(deps, key, callId));
    const again = await Promise.all(calls.map((callId) => hear(deps, key, callId)));
    for (const [n, word] of first.entries())
      if (word === "spent" || word === "replayed") expect(again[n]).toBe("replayed");
    expect(tally(again.map((word) => (word === "exhausted" ? word : "counted")))).toEqual({
      counted: 250,
      exhausted: 50,
    });
    expect(await usedOf()).toBe(250);
    await closeDeps(deps);
  });

  test("a call that another process counts while its batch waits is known to be counted, and spoils nobody's batch", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 5, quantity: 2 });
    const [key, other] = keys as [string, string];
    for (const one of keys) expect(await hear(shop.deps, one, "first-call")).toBe("spent");
    const warnings: string[] = [];
    const opened = openDeps(database);
    const deps = { ...opened, log: { ...opened.log, warn: (event: string) => void warnings.push(event) } };
    await withClient(database.owner, async (counting) => {
      await counting.query("BEGIN");
      const hash = "sha256(convert_to($1, 'UTF8'))";
      await counting.query(`UPDATE quota SET used = 2 WHERE key_hash = ${hash}`, [key]);
      await counting.query(
        `INSERT INTO quota_use (card_id, call_id, uses, used_after) SELECT card_id, 'crossing-call', 1, 2 FROM quota WHERE key_hash = ${hash}`,
        [key],
      );
      const asked = Promise.all(
        ["crossing-call", "next-call"].flatMap((callId) => [hear(deps, key, callId), hear(deps, other, callId)]),
      );
      await new Promise((wake) => setTimeout(wake, 150));
      await counting.query("COMMIT");
      expect(await asked).toEqual(["replayed", "spent", "spent", "spent"]);
    });
    expect(warnings).toEqual([]);
    await closeDeps(opened);
  });

  test("a key that somebody holds for longer than we wait keeps nobody else waiting, and its call may be asked again", async ({
    database,
  }) => {
    const { keys } = await quota.sell({ uses: 5, quantity: 8 });
    const [stuck, ...others] = keys as [string, ...string[]];
    for (const key of keys) expect(await hear(shop.deps, key, "first-call")).toBe("spent");
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM quota WHERE key_hash = sha256(convert_to($1, 'UTF8')) FOR UPDATE", [stuck]);
      const words = await Promise.all([
        hear(shop.deps, stuck, "stuck-call"),
        ...others.map((key) => hear(shop.deps, key, "second-call")),
      ]);
      expect(words).toEqual(["busy", ...others.map(() => "spent")]);
      await holder.query("ROLLBACK");
    });
    expect(await hear(shop.deps, stuck, "stuck-call")).toBe("spent");
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startEnrolment } from "@/lib/features/identity/enrol";
import { findPendingSecret } from "@/lib/features/identity/factors";
import { findAccount, forgetAccounts } from "@/lib/features/payments/accounts";
import { requireMasterKeys } from "@/lib/flows/require-master-keys";
import { revealOrder } from "@/lib/flows/reveal-order";
import { rotateKeys } from "@/lib/flows/rotate-keys";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { newDataKey } from "@/lib/platform/crypto";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { bundleChild } from "@/tests/support/child-program";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { newAdmin } from "../merchants/shops";

const FIRST = { KAPU_MASTER_KEY: "first master key".padEnd(40, "1") };
const SECOND = {
  KAPU_MASTER_KEY: "second master key".padEnd(40, "2"),
  KAPU_MASTER_KEY_PREVIOUS: FIRST.KAPU_MASTER_KEY,
};
const BATCHES = 900;

describe("another master key", { timeout: 180_000 }, () => {
  let shop: TestShop;
  let stocked: Stocked;
  let orderId: string;
  let secret: string;
  let adminId: string;
  let script: string;
  const opened: Deps[] = [];
  const open = (env: Record<string, string>): Deps => {
    const deps = openDeps(shop.urls, env);
    opened.push(deps);
    return deps;
  };

  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    stocked = await shop.stock({ cards: 5 });
    const order = await shop.place(stocked.variantId, { quantity: 2 });
    await shop.pay(order);
    orderId = order.id;
    const admin = await newAdmin(shop.deps);
    adminId = admin.userId;
    await startEnrolment(shop.deps, admin);
    secret = (await findPendingSecret(shop.deps, adminId))!.reveal();
    const { merchantId, variantId, poolId } = stocked;
    const batches = Array.from({ length: BATCHES }, () => {
      const id = newId();
      const { wrapped, keyId } = newDataKey(shop.deps.keys, { merchantId, variantId, batchId: id });
      return { id, merchantId, variantId, poolId, keyId, dataKey: new Uint8Array(wrapped), status: "draft" };
    });
    await shop.deps.db.batch.createMany({ data: batches });
    script = await bundleChild("tests/integration/keys/rotate-child.ts");
  });
  test.afterAll(async () => {
    for (const deps of opened) await closeDeps(deps);
    await shop.close();
    removeFolder(script);
  });

  const keyIds = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await shop.rows<{ key: string; n: number }>(
          `SELECT key, sum(n)::int AS n FROM (
             SELECT key_id AS key, count(*) AS n FROM batch GROUP BY 1 UNION ALL
             SELECT key_id, count(*) FROM gateway_account GROUP BY 1 UNION ALL
             SELECT key_id, count(*) FROM user_factor GROUP BY 1) k GROUP BY key`,
        )
      ).map(({ key, n }) => [key, n]),
    );
  /** Everything that a master key wraps, opened: a buyer's cards, a gateway's settings, an authenticator's secret. */
  async function expectAllOpens(deps: Deps): Promise<void> {
    const revealed = await revealOrder(deps, { orderId, actor: { kind: "buyer" } });
    const texts = revealed.ok ? revealed.value.secrets.map(({ text }) => text.reveal()) : [];
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(stocked.secrets).toContain(text);
    forgetAccounts(deps);
    expect(await findAccount(deps, ACCOUNT)).not.toBeNull();
    expect((await findPendingSecret(deps, adminId))?.reveal()).toBe(secret);
  }
  /** The same keys with the predecessors forgotten. */
  const withoutOld = (deps: Deps): Deps => ({ ...deps, keys: { ...deps.keys, masters: [deps.keys.master] } });

  test("killed in the middle it leaves whole rows, and the shop opens all of them; started again it ends, while buyers read", async ({
    database,
  }) => {
    const deps = open(FIRST);
    await expectAllOpens(deps);
    const child = spawn(process.execPath, [script, JSON.stringify(shop.urls), JSON.stringify(FIRST)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) {
      if (Number(line) < limits.rotationRowsPerChunk * 2) continue;
      child.kill("SIGKILL");
      break;
    }
    await exited;
    const half = await keyIds();
    expect(half[deps.keys.master.id]).toBeGreaterThanOrEqual(limits.rotationRowsPerChunk * 2);
    expect(half.k1).toBeGreaterThan(0);
    await expectAllOpens(deps);
    // A process that was not told of the new key yet still reads what is under the old one, and says what it lacks.
    await expect(requireMasterKeys(shop.deps)).rejects.toThrow(deps.keys.master.id);

    let isOver = false;
    const reading = (async () => {
      for (let reads = 0; ; reads++) {
        await expectAllOpens(deps);
        if (isOver) return reads;
      }
    })();
    const rest = await rotateKeys(deps);
    isOver = true;
    expect(await reading).toBeGreaterThanOrEqual(0);
    expect(rest).toMatchObject({ ok: true, value: { rewrapped: { "gateway accounts": 1, authenticators: 1 } } });
    expect(Object.keys(await keyIds())).toEqual([deps.keys.master.id]);
    await expectAllOpens(withoutOld(deps));
    await expectInvariants(database);
  });

  test("run again it changes nothing and tells nothing", async () => {
    const before = await shop.deps.db.auditEvent.count({ where: { action: "keys.rotated" } });
    const again = await rotateKeys(open(FIRST));
    expect(again).toMatchObject({ ok: true, value: { rewrapped: { batches: 0, "gateway accounts": 0 } } });
    expect(await shop.deps.db.auditEvent.count({ where: { action: "keys.rotated" } })).toBe(before);
  });

  test("without the key that a row is under nothing of it is changed, and the rows are named", async () => {
    const blind = open({ KAPU_MASTER_KEY: SECOND.KAPU_MASTER_KEY });
    const before = await keyIds();
    const refused = await rotateKeys(blind);
    expect(refused).toMatchObject({ ok: false, error: { code: "unopened" } });
    expect(await keyIds()).toEqual(before);
    await expect(requireMasterKeys(blind)).rejects.toThrow(Object.keys(before)[0]);
  });

  test("two runs at once end as one, and afterwards the key before is worth nothing", async () => {
    const [one, two] = [open(SECOND), open(SECOND)];
    const both = await Promise.all([rotateKeys(one), rotateKeys(two)]);
    const changed = both.map((run) => (run.ok ? run.value.rewrapped.batches : -1));
    expect(changed[0]! + changed[1]!).toBe(BATCHES + 1);
    expect(Object.keys(await keyIds())).toEqual([one.keys.master.id]);
    await expectAllOpens(open({ KAPU_MASTER_KEY: SECOND.KAPU_MASTER_KEY }));
    const old = open(FIRST);
    await expect(revealOrder(old, { orderId, actor: { kind: "buyer" } })).rejects.toThrow();
    await expect(requireMasterKeys(old)).rejects.toThrow();
  });

  test("what is imported or saved afterwards is under the new key", async () => {
    const deps = open({ KAPU_MASTER_KEY: SECOND.KAPU_MASTER_KEY });
    const place = { merchantId: stocked.merchantId, variantId: stocked.variantId, batchId: newId() };
    expect(newDataKey(deps.keys, place).keyId).toBe(deps.keys.master.id);
    expect(deps.keys.master.id).not.toBe("k1");
  });
});

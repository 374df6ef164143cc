import { OUT_OF_SIGHT, saveCheck } from "@/lib/features/audit";
import { probeSeals, type SealProbe } from "@/lib/features/inventory/probe-secrets";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { raiseBreak } from "./settle-audit";

/** What the probe judges: I18. */
export const CRYPTO = OUT_OF_SIGHT.find(({ by }) => by === "probe")!;

/** Opens a sample of ciphertexts and draws the consequences, as for every other broken promise of safety. */
export async function probeSecrets(deps: Deps, ownerUrl: string): Promise<SealProbe> {
  const probe = await probeSeals(deps.keys, ownerUrl);
  const { id } = CRYPTO;
  const invariant = { ...CRYPTO, names: { card_id: "card" } } as const;
  const products = new Map<string, SealProbe["bad"][number][]>();
  for (const bad of probe.bad) products.set(bad.product_id, [...(products.get(bad.product_id) ?? []), bad]);
  for (const [productId, bad] of products) {
    const rows = bad.map((seal) => ({ ...seal }));
    await raiseBreak(deps, { pass: "full", at: probe.at }, { invariant, productId, rows, hasMore: false });
  }
  const check = {
    invariant: id,
    pass: "full",
    at: probe.at,
    rowCount: probe.bad.length,
    failure: null,
    ms: probe.ms,
  } as const;
  await inTransaction(deps.db, async (tx) => ok(await saveCheck(tx, check)));
  return probe;
}

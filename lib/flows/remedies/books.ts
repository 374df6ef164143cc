import { z } from "zod";
import { sealLedger } from "@/lib/features/ledger/seal";
import { findSealingState } from "@/lib/features/ledger/sealing-state";
import { err, ok } from "@/lib/kernel/result";
import { checkCaches } from "../check-caches";
import { rebuildCaches } from "../rebuild-caches";
import { refreshStockBands } from "../refresh-stock-bands";
import type { PlainRemedy } from "./remedy";

/** Builds what pages say of the stock anew from the database; never the other way round. */
export const rebuildCache: PlainRemedy<object> = {
  name: "rebuild_cache",
  needsProof: false,
  isAutomatic: true,
  input: z.object({}),
  look: async (_deps, _asker, { subject }) =>
    ok({ changes: [{ what: "caches_rebuilt" }], facts: [subject], money: null }),
  async apply(deps, actor) {
    await refreshStockBands(deps);
    if (actor) await rebuildCaches(deps, actor);
    else await checkCaches(deps, { isFull: true });
    return ok("rebuilt");
  },
  // The next check of the caches closes it, or finds it again.
  isGone: async () => false,
};

/** Seals what of the ledger no block holds yet. A block that is there is never written again: a chain that is broken stays for people. */
export const reseal: PlainRemedy<object> = {
  name: "reseal",
  needsProof: false,
  isAutomatic: true,
  input: z.object({}),
  async look(deps, _asker) {
    const { lastBlock, isKeyOurs, oldestUnsealedSeconds } = await findSealingState(deps);
    if (!isKeyOurs) return err("foreign_key");
    if (oldestUnsealedSeconds === null) return err("all_sealed");
    const block = lastBlock?.toString() ?? "0";
    return ok({ changes: [{ what: "ledger_sealed", values: { block } }], facts: [block], money: null });
  },
  async apply(deps) {
    await sealLedger(deps);
    return ok("sealed");
  },
  isGone: async () => false,
};

import { expect, vi } from "vitest";
import { sealLedger } from "@/lib/features/ledger/seal";
import { findSealingState } from "@/lib/features/ledger/sealing-state";
import type { Deps } from "@/lib/platform/deps";

/** Resolves when every entry of the ledger is in a block: what neighbours on the same server are writing at this moment is waited for. */
export const sealAll = (deps: Deps): Promise<void> =>
  vi.waitFor(
    async () => {
      await sealLedger(deps);
      expect((await findSealingState(deps)).oldestUnsealedSeconds).toBeNull();
    },
    { timeout: 20_000, interval: 50 },
  );

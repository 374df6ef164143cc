import { WRAPPED_TABLES, type WrappedTable } from "@/lib/features/keys/wrapped-rows";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { unwrap, wrap } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface RotationReport {
  /** The name of the key that everything is wrapped by now. */
  readonly keyId: string;
  /** Rows that this run has changed, by what they are. */
  readonly rewrapped: Readonly<Record<WrappedTable["name"], number>>;
}

/** - unopened: a row is wrapped by a key that this process was not given. It names the rows; nothing of them was changed. */
export interface RotationRefusal {
  readonly code: "unopened";
  readonly rows: readonly { readonly table: string; readonly id: string; readonly keyId: string }[];
}

interface Chunk {
  readonly last: string | null;
  readonly changed: number;
  readonly unopened: RotationRefusal["rows"];
}

/** One chunk in one transaction: what a kill leaves behind is whole rows under the one key or the other. */
async function rewrapChunk(tx: Tx, { keys }: Pick<Deps, "keys">, table: WrappedTable, after: string): Promise<Chunk> {
  const rows = await table.read(tx, { keyId: keys.master.id, after, size: limits.rotationRowsPerChunk });
  const unopened: { table: string; id: string; keyId: string }[] = [];
  let changed = 0;
  for (const row of rows) {
    const plain = tryUnwrap(keys, row);
    if (!plain) {
      unopened.push({ table: table.name, id: row.id, keyId: row.keyId });
      continue;
    }
    if (await table.write(tx, row, wrap(keys, plain, row.aad))) changed += 1;
    plain.fill(0);
  }
  return { last: rows.at(-1)?.id ?? null, changed, unopened };
}

function tryUnwrap(keys: Deps["keys"], row: { sealed: Uint8Array; aad: string }): Buffer | null {
  try {
    return unwrap(keys, row.sealed, row.aad);
  } catch {
    return null;
  }
}

/**
 * Wraps everything anew under the present master key: data keys of batches, settings of gateways, secrets of authenticators. Chunk by
 * chunk, while the shop sells and buyers read; killed anywhere and started again it goes on, and a second run finds nothing to do.
 * When it is done, no row needs an older key. `onChunk` hears how many rows have changed so far.
 */
export async function rotateKeys(
  deps: Deps,
  onChunk: (changed: number) => void | Promise<void> = () => {},
): Promise<Result<RotationReport, RotationRefusal>> {
  const rewrapped = { batches: 0, "gateway accounts": 0, authenticators: 0, bots: 0, uploads: 0, "buyers' forms": 0 };
  const unopened: RotationRefusal["rows"][number][] = [];
  for (const table of WRAPPED_TABLES) {
    for (let after = "", chunks = 0; chunks < limits.rotationChunksMax; chunks++) {
      const chunk = await inTransaction(deps.db, async (tx) => ok(await rewrapChunk(tx, deps, table, after)));
      if (!chunk.ok || chunk.value.last === null) break;
      rewrapped[table.name] += chunk.value.changed;
      unopened.push(...chunk.value.unopened);
      after = chunk.value.last;
      await onChunk(Object.values(rewrapped).reduce((sum, n) => sum + n, 0));
    }
  }
  await record(deps, rewrapped);
  if (unopened.length > 0) return err({ code: "unopened", rows: unopened.slice(0, limits.listRowsPerPage) });
  deps.log.info("keys.rotated", { keyId: deps.keys.master.id });
  return ok({ keyId: deps.keys.master.id, rewrapped });
}

/** A run that changed nothing is nothing to tell of. */
async function record({ db, keys }: Deps, rewrapped: RotationReport["rewrapped"]): Promise<void> {
  if (Object.values(rewrapped).every((n) => n === 0)) return;
  await inTransaction(db, async (tx) =>
    ok(
      await recordAudit(tx, {
        actor: { kind: "command_line" },
        action: "keys.rotated",
        subjectKind: "master_key",
        subjectId: keys.master.id,
        detail: { ...rewrapped },
      }),
    ),
  );
}

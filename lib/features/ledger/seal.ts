import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { type SigningKey, signingKeyOf } from "@/lib/platform/signing";
import { hashBlock, merkleRoot } from "./hashes";
import { headText, NO_HASH } from "./rules";
import {
  becomeSealer,
  type Candidates,
  findEntriesFromElsewhere,
  findHighestSealedId,
  findSettledEntries,
  findTip,
  insertBlock,
  type Tip,
} from "./store";

/** The shop's own key for the ledger, from its secret; the same in every process and for ever. */
export const ledgerKeyOf = (deps: Deps): SigningKey => ofDeps(deps, "ledger.key", () => signingKeyOf(deps.keys.ledger));

/** Somebody started the shop with another `KAPU_SECRET`: what it would sign, nobody who knows the shop would believe. */
export class ForeignLedgerKey extends Error {
  override readonly name = "ForeignLedgerKey";
}

interface Found {
  readonly era: number;
  readonly floorId: bigint;
  /** Null when nothing is settled. */
  readonly entries: Candidates | null;
}

/** What comes next in the chain. Usually that is one question; after a move to another server it is up to three. */
async function findNext(tx: Tx, tip: Tip | null): Promise<Found> {
  if (tip === null)
    return { era: 1, floorId: 0n, entries: await findSettledEntries(tx, { floorId: 0n, xid: "0", id: 0n }) };
  const { era, floorId, lastXid: xid, lastId: id } = tip;
  if (!tip.isFromElsewhere) return { era, floorId, entries: await findSettledEntries(tx, { floorId, xid, id }) };
  const brought = await findEntriesFromElsewhere(tx, { floorId, xid, id });
  if (brought) return { era, floorId, entries: brought };
  const highest = await findHighestSealedId(tx);
  const entries = await findSettledEntries(tx, { floorId: highest, xid: "0", id: 0n });
  return { era: era + 1, floorId: highest, entries };
}

const HASH_BYTES = 32;
const leavesOf = ({ ids, leaves }: Candidates): Uint8Array[] =>
  ids.map((_, n) => leaves.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));

/** Chains, signs and writes one block. */
async function chain(
  tx: Tx,
  key: SigningKey,
  tip: Tip | null,
  { era, floorId, entries }: Found & { readonly entries: Candidates },
): Promise<void> {
  const number = (tip?.number ?? 0n) + 1n;
  const previousHash = tip === null ? NO_HASH : Buffer.from(tip.hash).toString("hex");
  const root = merkleRoot(leavesOf(entries));
  const hash = hashBlock({ number, era, previousHash, entryCount: entries.ids.length, root: root.toString("hex") });
  const head = {
    number,
    previousHash,
    hash,
    sealedAtMs: BigInt(entries.sealedAt.getTime()),
    publicKey: key.publicKey.toString("hex"),
  };
  await insertBlock(tx, {
    number,
    era,
    floorId,
    entries,
    previousHash: Buffer.from(previousHash, "hex"),
    root,
    hash: Buffer.from(hash, "hex"),
    publicKey: key.publicKey,
    signature: key.sign(headText(head)),
  });
}

/**
 * Seals at most one block in one transaction and returns how many entries are in it; 0 when nothing is settled or another
 * process is sealing. Killed at any point it leaves the whole block or none. Takes no lock that a sale could wait for.
 */
export async function sealNextBlock(deps: Deps): Promise<number> {
  const key = ledgerKeyOf(deps);
  const sealed = await inTransaction<number, never>(deps.db, async (tx) => {
    if (!(await becomeSealer(tx))) return ok(0);
    const tip = await findTip(tx);
    if (tip && !key.publicKey.equals(tip.publicKey)) {
      throw new ForeignLedgerKey("the chain was signed with another key: KAPU_SECRET is not the one it was begun with");
    }
    const next = await findNext(tx, tip);
    const { entries } = next;
    if (entries) await chain(tx, key, tip, { ...next, entries });
    return ok(entries?.ids.length ?? 0);
  });
  return sealed.ok ? sealed.value : 0;
}

/** Seals until nothing settled is left, or until the bounds of a run; returns the number of blocks. */
export async function sealLedger(deps: Deps): Promise<number> {
  const endsAt = deps.clock.elapsed() + limits.ledgerSealSeconds * 1000;
  for (let blocks = 0; blocks < limits.ledgerBlocksPerRun; blocks++) {
    if ((await sealNextBlock(deps)) === 0) return blocks;
    if (deps.clock.elapsed() > endsAt) return blocks + 1;
  }
  return limits.ledgerBlocksPerRun;
}

import type { Deps } from "@/lib/platform/deps";
import type { BlockHead } from "./rules";

interface HeadRow {
  readonly number: bigint;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
  readonly sealedAt: Date;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const toHead = (row: HeadRow): BlockHead => ({
  number: row.number,
  previousHash: hex(row.previousHash),
  hash: hex(row.hash),
  sealedAtMs: BigInt(row.sealedAt.getTime()),
  publicKey: hex(row.publicKey),
  signature: hex(row.signature),
});

const HEAD = {
  number: true,
  previousHash: true,
  hash: true,
  sealedAt: true,
  publicKey: true,
  signature: true,
} as const;

/** Heads of blocks after a number, oldest first: what anyone may know of them. */
export async function listHeads(
  { db }: Deps,
  { after, limit }: { after: bigint; limit: number },
): Promise<BlockHead[]> {
  const rows = await db.stockBlock.findMany({
    where: { number: { gt: after } },
    orderBy: { number: "asc" },
    take: limit,
    select: HEAD,
  });
  return rows.map(toHead);
}

/** The newest head, or null before the first block. */
export async function findLatestHead({ db }: Deps): Promise<BlockHead | null> {
  const row = await db.stockBlock.findFirst({ orderBy: { number: "desc" }, select: HEAD });
  return row && toHead(row);
}

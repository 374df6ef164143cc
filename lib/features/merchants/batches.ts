import { limits } from "@/lib/kernel/limits";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { type Page, toPage } from "./rules";
import type { BatchListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

const LISTED = {
  id: true,
  number: true,
  status: true,
  failure: true,
  note: true,
  lineCount: true,
  acceptedCount: true,
  duplicateCount: true,
  rejectedCount: true,
  createdAt: true,
  publishedAt: true,
  source: true,
  unitCostMinor: true,
  costCurrency: true,
  cardsExpireAt: true,
  warrantyDays: true,
  withdrawnAt: true,
  holdId: true,
  variantId: true,
  variant: {
    select: { sku: true, titleZh: true, titleEn: true, product: { select: { titleZh: true, titleEn: true } } },
  },
  stockPool: { select: { slug: true, name: true } },
  merchant: { select: { name: true } },
  appUser: { select: { email: true } },
} as const;

const readBatches = (db: Db, where: object, skip: number, take: number) =>
  db.batch.findMany({ where, orderBy: { number: "desc" }, skip, take, select: LISTED });
export type BatchRow = Awaited<ReturnType<typeof readBatches>>[number];

/** The viewer's batches, the newest first. */
export async function listBatches(
  { db }: Reads,
  viewer: Viewer,
  { status, page, variantId }: Omit<BatchListQuery, "variant"> & { variantId?: string | undefined },
): Promise<Page<BatchRow>> {
  const size = limits.listRowsPerPage;
  const rows = await readBatches(db, { ...ownedBy(viewer), status, variantId }, (page - 1) * size, size + 1);
  return toPage(rows, page, size);
}

export interface CardCounts {
  readonly draft: number;
  readonly available: number;
  readonly quarantined: number;
  readonly reserved: number;
  readonly delivered: number;
  readonly withdrawn: number;
}

/** One batch with its cards counted by state and its first refused lines, or null when it is not there for this viewer. */
export async function findBatch(
  { db }: Reads,
  viewer: Viewer,
  batchId: string,
  { rejects: rejectsMax }: { rejects: number } = { rejects: limits.importRejectsShown },
) {
  const batch = await db.batch.findFirst({ where: { id: batchId, ...ownedBy(viewer) }, select: LISTED });
  if (!batch) return null;
  const scope = merchantScope(viewer);
  const [states, rejects] = await Promise.all([
    db.$queryRaw<{ status: string; n: number }[]>`
      SELECT status, count(*)::int AS n FROM card
       WHERE batch_id = ${batchId}::uuid AND (${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid) GROUP BY status`,
    db.batchReject.findMany({
      where: { batchId },
      orderBy: { line: "asc" },
      take: rejectsMax,
      select: { line: true, reason: true },
    }),
  ]);
  const countOf = (status: string) => states.find((row) => row.status === status)?.n ?? 0;
  const counts: CardCounts = {
    draft: countOf("draft"),
    available: countOf("available"),
    quarantined: countOf("quarantined"),
    reserved: countOf("reserved"),
    delivered: countOf("delivered"),
    withdrawn: countOf("withdrawn"),
  };
  return { ...batch, counts, rejects };
}
export type BatchDetail = NonNullable<Awaited<ReturnType<typeof findBatch>>>;

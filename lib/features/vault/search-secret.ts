import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { fingerprint } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";

/**
 * The viewer's cards that have exactly this text, found by its fingerprint: nothing is decrypted, and the text goes no further than
 * this function. Fingerprints are each merchant's own, so an admin's search makes one for every merchant.
 */
export async function findBySecret({ db, keys }: Deps, viewer: Viewer, secret: Secret): Promise<string[]> {
  const scope = merchantScope(viewer);
  const merchants = await db.merchant.findMany({
    where: scope === null ? {} : { id: scope },
    take: limits.pickListMax,
    select: { id: true },
  });
  const bytes = Buffer.from(secret.reveal());
  const ids = merchants.map(({ id }) => id);
  const prints = ids.map((id) => fingerprint(keys.fingerprint(id), bytes));
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT s.card_id::text AS id
      FROM unnest(${ids}::uuid[], ${prints}::bytea[]) AS m (merchant_id, print)
      JOIN variant v ON v.merchant_id = m.merchant_id
      JOIN card_secret s ON s.variant_id = v.id AND s.fingerprint = m.print
     ORDER BY s.card_id LIMIT ${limits.vaultFoundMax}::int`;
  return rows.map(({ id }) => id);
}

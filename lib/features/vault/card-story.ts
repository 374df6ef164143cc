import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { findRows, type VaultRow } from "./list-cards";

interface Reads {
  readonly db: Db;
}

/** Something that happened to a card: an entry of the ledger, or somebody who saw it. */
export interface CardEvent {
  readonly at: Date;
  readonly kind: "ledger" | "order_reveal" | "vault_reveal";
  /** import, publish … of the ledger; reveal, export, break_glass of the vault. */
  readonly what: string;
  readonly by: string | null;
  /** The person's address, where it is the merchant's own or an admin asks. */
  readonly email: string | null;
  readonly reason: string;
  readonly orderNumber: string | null;
}

export interface CardPage extends VaultRow {
  readonly story: readonly CardEvent[];
}

/**
 * The life of a card: what the ledger says of it in its batch and in the order that holds it, and everybody who was ever shown it,
 * the newest first. Null when it is not there for this viewer.
 */
export async function findCardPage({ db }: Reads, viewer: Viewer, cardId: string): Promise<CardPage | null> {
  const [row] = await findRows({ db }, viewer, [cardId]);
  if (!row) return null;
  const scope = merchantScope(viewer);
  const story = await db.$queryRaw<CardEvent[]>`
    WITH mine AS MATERIALIZED (
      SELECT id, merchant_id, batch_id, order_id FROM card
       WHERE id = ${cardId}::uuid AND (${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid)),
    told AS (
      SELECT e.created_at AS at, 'ledger' AS kind, e.kind AS what, m.actor_kind AS by, m.actor_id,
             concat_ws(' · ', p.name, coalesce(m.reason, e.reference)) AS reason, e.order_id
        FROM mine JOIN stock_entry e ON e.batch_id = mine.batch_id AND mine.id = ANY (e.card_ids)
        LEFT JOIN card_move m ON e.kind IN ('quarantine', 'restore', 'withdraw', 'transfer_out', 'transfer_in') AND m.id::text = left(e.reference, 36)
        LEFT JOIN stock_pool p ON e.kind IN ('transfer_out', 'transfer_in') AND p.id::text = substr(e.reference, 38)
      UNION ALL
      SELECT e.created_at, 'ledger', e.kind, NULL, NULL, '', e.order_id
        FROM mine JOIN stock_entry e ON e.order_id = mine.order_id AND mine.id = ANY (e.card_ids)
      UNION ALL
      SELECT r.at, 'order_reveal', r.reason, r.actor_kind, r.actor_id, '', r.order_id
        FROM mine JOIN reveal_record r ON r.order_id = mine.order_id AND mine.id = ANY (r.card_ids)
      UNION ALL
      SELECT r.at, 'vault_reveal', r.purpose, r.actor_kind, r.actor_id, r.reason, NULL
        FROM mine JOIN vault_reveal r ON r.card_ids @> ARRAY[mine.id])
    SELECT t.at, t.kind, t.what, t.by, t.reason, o.number AS "orderNumber",
           CASE WHEN ${scope}::uuid IS NULL OR u.merchant_id = ${scope}::uuid THEN u.email END AS email
      FROM told t LEFT JOIN orders o ON o.id = t.order_id LEFT JOIN app_user u ON u.id = t.actor_id
     ORDER BY t.at DESC LIMIT ${limits.vaultStoryMax}::int`;
  return { ...row, story };
}

/** A card of the merchant's that an admin has opened. */
export interface GlassNotice {
  readonly id: bigint;
  readonly at: Date;
  readonly reason: string;
  readonly cardId: string;
  readonly count: number;
}

/** What admins opened of a merchant's cards lately; empty for an admin, whose own doing it is. */
export async function listGlassNotices({ db }: Reads, viewer: Viewer): Promise<readonly GlassNotice[]> {
  if (viewer.kind !== "merchant") return [];
  return db.$queryRaw<GlassNotice[]>`
    SELECT id, at, reason, card_ids[1]::text AS "cardId", cardinality(card_ids) AS count FROM vault_reveal
     WHERE merchant_id = ${viewer.merchantId}::uuid AND purpose = 'break_glass'
       AND at > clock_timestamp() - make_interval(days => ${limits.glassNoticeDays}::int)
     ORDER BY id DESC LIMIT ${limits.glassNoticesShown}::int`;
}

/** The pools that a viewer's cards may lie in, for the filter. */
export const listPools = ({ db }: Reads, viewer: Viewer) =>
  db.stockPool.findMany({
    where: viewer.kind === "merchant" ? { merchantId: viewer.merchantId } : {},
    orderBy: { name: "asc" },
    take: limits.pickListMax,
    select: { id: true, slug: true, name: true },
  });

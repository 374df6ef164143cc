import { createHash, randomBytes, randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import type pg from "pg";
import type { Keys } from "@/lib/platform/crypto";

/** Ids of one merchant's things, for everybody else to try. */
export interface Foreign {
  readonly slug: string;
  readonly merchant: string;
  readonly user: string;
  readonly session: string;
  readonly product: string;
  readonly category: string;
  readonly variant: string;
  readonly pool: string;
  readonly batch: string;
  readonly upload: string;
  readonly card: string;
  readonly order: string;
  readonly orderNumber: string;
  readonly attempt: string;
  readonly replacement: string;
  readonly dispute: string;
  readonly disputePicture: string;
  readonly apiKey: string;
  readonly endpoint: string;
  readonly delivery: string;
  readonly exportFile: string;
  readonly filter: string;
  readonly passkey: string;
}

/** What a merchant has who sold one order, and one row of everything else that has an id of its own. */
export async function findForeign(
  client: pg.Client,
  { slug, email }: { slug: string; email: string },
): Promise<Foreign> {
  const { rows } = await client.query(
    `SELECT m.slug, m.id AS merchant, p.id AS product, p.category_id AS category, v.id AS variant, b.id AS batch, l.id AS upload,
            o.id AS "order", o.number AS "orderNumber", o.card_ids[1] AS card, a.id AS attempt, u.id AS "user", s.id AS session, v.pool_id AS pool
       FROM merchant m JOIN product p ON p.merchant_id = m.id JOIN variant v ON v.product_id = p.id
       JOIN batch b ON b.variant_id = v.id JOIN card_upload l ON l.batch_id = b.id
       JOIN orders o ON o.merchant_id = m.id JOIN payment_attempt a ON a.order_id = o.id
       JOIN app_user u ON u.email = $2 JOIN session s ON s.user_id = u.id AND s.revoked_at IS NULL
      WHERE m.slug = $1`,
    [slug, email],
  );
  const found = rows[0] as Omit<Foreign, keyof Made>;
  const made: Made = {
    replacement: randomUUID(),
    dispute: randomUUID(),
    disputePicture: randomUUID(),
    apiKey: randomUUID(),
    endpoint: randomUUID(),
    delivery: randomUUID(),
    exportFile: randomUUID(),
    filter: randomUUID(),
    passkey: `walk-${randomBytes(16).toString("hex")}`,
  };
  await make(client, { ...found, ...made });
  return { ...found, ...made };
}

type Made = Pick<
  Foreign,
  | "replacement"
  | "dispute"
  | "disputePicture"
  | "apiKey"
  | "endpoint"
  | "delivery"
  | "exportFile"
  | "filter"
  | "passkey"
>;

/** What a buyer of this shop writes in the order. */
export const buyerOf = ({ slug }: Pick<Foreign, "slug">): string => `${slug}@buyers.example`;

const NOBODY = { reports: 0, upheld: 0, rejected: 0 };
/** As much evidence as a case must have. */
const EVIDENCE = {
  report: { network: null, device: null },
  order: {
    ...{ number: "WALK", placedAt: "2026-01-01T00:00:00Z", paidAt: null, deliveredAt: null, quantity: 1 },
    ...{ totalMinor: "1000", currency: "CNY" },
  },
  ...{ cards: [], reveals: { count: 0, first: null, last: null, networks: 0 }, vault: null, payments: [], batch: null },
  neighbours: { batch: null, order: 0 },
  warranty: { hours: null, isOver: false, replaced: 0 },
  ...{ buyer: NOBODY, merchant: NOBODY },
};

/** Rows at rest: none of them gives a job anything to do while the walk looks whether anybody has touched them. */
async function make(client: pg.Client, f: Foreign): Promise<void> {
  await client.query(
    `INSERT INTO replacement (id, order_id, merchant_id, variant_id, pool_id, position, old_card_id, old_batch_id, status, reason,
                              requested_by_kind, requested_by, done_at)
     VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 'cancelled', 'invalid', 'merchant', $8, clock_timestamp())`,
    [f.replacement, f.order, f.merchant, f.variant, f.pool, f.card, f.batch, f.user],
  );
  await client.query(
    `INSERT INTO dispute (id, source, kind, status, order_id, merchant_id, variant_id, buyer_hash, evidence, content_hash, closed_at)
     VALUES ($1, 'buyer', 'other', 'withdrawn', $2, $3, $4, decode(repeat('00', 32), 'hex'), $5, decode(repeat('00', 32), 'hex'), clock_timestamp())`,
    [f.dispute, f.order, f.merchant, f.variant, JSON.stringify(EVIDENCE)],
  );
  await client.query(
    "INSERT INTO dispute_picture (id, dispute_id, name, width, height, byte_count) VALUES ($1, $2, md5($3), 1, 1, 1)",
    [f.disputePicture, f.dispute, f.slug],
  );
  await insertKey(client, { ...f, id: f.apiKey, key: mintKey() });
  await client.query(
    `INSERT INTO webhook_endpoint (id, merchant_id, url, kinds, created_by) VALUES ($1, $2, 'http://127.0.0.1:9/', '{order.refunded}', $3)`,
    [f.endpoint, f.merchant, f.user],
  );
  await client.query(
    `INSERT INTO webhook_delivery (id, endpoint_id, merchant_id, message_id, kind, happened_at, state, next_try_at, finished_at)
     VALUES ($1, $2, $3, $1, 'ping', clock_timestamp(), 'failed', NULL, clock_timestamp())`,
    [f.delivery, f.endpoint, f.merchant],
  );
  await client.query(
    `INSERT INTO export_file (id, merchant_id, requested_by, format, query, locale, state, finished_at)
     VALUES ($1, $2, $3, 'csv', '{}', 'en', 'done', clock_timestamp())`,
    [f.exportFile, f.merchant, f.user],
  );
  await client.query(
    `INSERT INTO saved_filter (id, user_id, list, name, query) VALUES ($1, $2, 'orders', 'Walk', 'status=paid')`,
    [f.filter, f.user],
  );
  await client.query("INSERT INTO passkey (id, user_id, name, public_key) VALUES ($1, $2, 'Walk', $3)", [
    f.passkey,
    f.user,
    randomBytes(77),
  ]);
}

/** The owner's rows as they are now, in one line: whatever is done to any of them changes it. */
export async function stateOf(client: pg.Client, { merchant }: Foreign): Promise<string> {
  const { rows } = await client.query(
    `SELECT md5(string_agg(t.row, '|' ORDER BY t.row)) AS state FROM (
       SELECT p::text AS row FROM product p WHERE merchant_id = $1 UNION ALL
       SELECT v::text FROM variant v WHERE merchant_id = $1 UNION ALL
       SELECT s::text FROM stock_pool s WHERE merchant_id = $1 UNION ALL
       SELECT b::text FROM batch b WHERE merchant_id = $1 UNION ALL
       SELECT (l.id, l.state, l.batch_id)::text FROM card_upload l WHERE merchant_id = $1 UNION ALL
       SELECT c::text FROM card c WHERE merchant_id = $1 UNION ALL
       SELECT (o.id, o.status, o.exception, o.paid_minor, o.payment_count, o.card_ids)::text FROM orders o WHERE merchant_id = $1 UNION ALL
       SELECT u::text FROM app_user u WHERE merchant_id = $1 UNION ALL
       SELECT s::text FROM session s JOIN app_user u ON u.id = s.user_id AND u.merchant_id = $1 UNION ALL
       SELECT m::text FROM merchant m WHERE id = $1 UNION ALL
       SELECT a.id::text FROM payment_attempt a JOIN orders o ON o.id = a.order_id AND o.merchant_id = $1 UNION ALL
       SELECT r::text FROM refund r JOIN orders o ON o.id = r.order_id AND o.merchant_id = $1 UNION ALL
       SELECT r::text FROM replacement r WHERE merchant_id = $1 UNION ALL
       SELECT d::text FROM dispute d WHERE merchant_id = $1 UNION ALL
       SELECT m::text FROM dispute_message m JOIN dispute d ON d.id = m.dispute_id AND d.merchant_id = $1 UNION ALL
       SELECT k::text FROM api_key k WHERE merchant_id = $1 UNION ALL
       SELECT w::text FROM webhook_endpoint w WHERE merchant_id = $1 UNION ALL
       SELECT d::text FROM webhook_delivery d WHERE merchant_id = $1 UNION ALL
       SELECT e::text FROM export_file e WHERE merchant_id = $1 UNION ALL
       SELECT k::text FROM passkey k JOIN app_user u ON u.id = k.user_id AND u.merchant_id = $1 UNION ALL
       SELECT f::text FROM saved_filter f JOIN app_user u ON u.id = f.user_id AND u.merchant_id = $1 UNION ALL
       SELECT r::text FROM vault_reveal r WHERE merchant_id = $1 UNION ALL
       SELECT r::text FROM reveal_record r JOIN orders o ON o.id = r.order_id AND o.merchant_id = $1) t`,
    [merchant],
  );
  return rows[0].state as string;
}

/** Crockford's letters without those that a key must not have. */
const mintKey = (): string =>
  `kapu_${[...randomBytes(40)].map((byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32]).join("")}`;

async function insertKey(
  client: pg.Client,
  { id, merchant, user, key }: { id: string; merchant: string; user: string; key: string },
): Promise<void> {
  const hash = createHash("sha256").update(key).digest();
  await client.query(
    `INSERT INTO api_key (id, merchant_id, name, hint, key_hash, scopes, created_by)
     VALUES ($1, $2, 'Walk', $3, $4, '{orders:read,products:read,products:write}', $5)`,
    [id, merchant, key.slice(0, 11), hash, user],
  );
}

interface Stranger {
  readonly userId: string;
  /** A key of the stranger's own programs. */
  readonly key: string;
}

/** Another merchant with a shop, a person and a key of their own. */
export async function makeStranger(client: pg.Client): Promise<Stranger> {
  const [merchant, userId, key] = [randomUUID(), randomUUID(), mintKey()];
  const slug = `stranger-${merchant.slice(0, 8)}`;
  await client.query("INSERT INTO merchant (id, slug, name) VALUES ($1, $2, $2)", [merchant, slug]);
  await client.query("INSERT INTO stock_pool (id, merchant_id, slug, name) VALUES ($1, $2, 'main', 'Main')", [
    randomUUID(),
    merchant,
  ]);
  await client.query(
    "INSERT INTO app_user (id, email, password_hash, role, merchant_id) VALUES ($1, $2, 'nobody knows it', 'merchant', $3)",
    [userId, `${slug}@example.com`, merchant],
  );
  await insertKey(client, { id: randomUUID(), merchant, user: userId, key });
  return { userId, key };
}

/** The cookie of a session of this person, opened as the shop opens one; its holder showed who they are so many minutes ago. */
export async function cookieOf(
  client: pg.Client,
  { session: secret }: Pick<Keys, "session">,
  { userId, minutesAgo }: { userId: string; minutesAgo: number },
): Promise<string> {
  const sid = randomUUID();
  await client.query(
    `INSERT INTO session (id, user_id, proved_at, expires_at)
     VALUES ($1, $2, clock_timestamp() - make_interval(mins => $3), clock_timestamp() + interval '1 hour')`,
    [sid, userId, minutesAgo],
  );
  return `kapu-session=${await encode({ token: { sid }, secret: secret.reveal(), maxAge: 3_600 })}`;
}

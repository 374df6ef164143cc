import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { CustomerListQuery } from "./schema";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

export interface CustomerRow {
  readonly email: string;
  /** The days of the first and of the latest order, on the shop's clock. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly placed: number;
  readonly paid: number;
  readonly sales: readonly { readonly currency: string; readonly salesMinor: string }[];
}

export interface CustomerPage {
  readonly rows: readonly CustomerRow[];
  /** Names the last row, for the page behind it; null on the last page. */
  readonly next: string | null;
}

/**
 * The viewer's customers by e-mail address, whoever bought last first. Each stands at his latest day, so a page costs as much
 * as it shows, however many customers there are.
 */
export async function listCustomers(
  { db }: { readonly db: Db },
  { merchantId }: Merchant,
  { q, after }: CustomerListQuery,
): Promise<CustomerPage> {
  const size = limits.listRowsPerPage;
  const like = `${q.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await db.$queryRaw<CustomerRow[]>`
    WITH latest AS (
      SELECT c.email, c.day FROM customer_day c
       WHERE c.merchant_id = ${merchantId}::uuid
         AND (${after === undefined}::boolean OR (c.day, c.email) < (${after?.day ?? "2000-01-01"}::date, ${after?.email ?? ""}))
         AND (${q} = '' OR c.email LIKE ${like})
         AND NOT EXISTS (SELECT 1 FROM customer_day n
                          WHERE n.merchant_id = c.merchant_id AND n.email = c.email
                            AND (n.day > c.day OR (n.day = c.day AND n.currency < c.currency)))
       ORDER BY c.day DESC, c.email DESC LIMIT ${size + 1}::int)
    SELECT l.email, l.day::text AS "lastDay", f."firstDay", f.placed, f.paid, f.sales
      FROM latest l
     CROSS JOIN LATERAL (
       SELECT min(x.first_day)::text AS "firstDay", sum(x.placed)::int AS placed, sum(x.paid)::int AS paid,
              jsonb_agg(jsonb_build_object('currency', x.currency, 'salesMinor', x.sales_minor::text) ORDER BY x.currency) AS sales
         FROM (SELECT currency, min(day) AS first_day, sum(placed) AS placed, sum(paid) AS paid, sum(sales_minor) AS sales_minor
                 FROM customer_day d WHERE d.merchant_id = ${merchantId}::uuid AND d.email = l.email GROUP BY currency) x) f
     ORDER BY l.day DESC, l.email DESC`;
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > size && last ? `${last.lastDay} ${last.email}` : null };
}

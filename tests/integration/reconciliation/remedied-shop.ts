import type { PlacedOrder } from "@/lib/features/orders/place-command";
import type { OpenAccount } from "@/lib/features/payments/accounts";
import { PLAIN_TERMS } from "@/lib/features/payments/ways";
import { readRunOutcome } from "@/lib/features/reconciliation/queries";
import { applyRemedy } from "@/lib/flows/apply-remedy";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { previewRemedy } from "@/lib/flows/preview-remedy";
import { reconcileNow } from "@/lib/flows/reconcile";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { TestDatabase } from "@/tests/support/database";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import { ADMIN, openRefundDesk } from "@/tests/support/refund-desk";
import { sealAll } from "@/tests/support/sealed";
import { expect } from "@/tests/support/test";
import { breakRows } from "../audit/rounds";

/** An account whose gateway lists a day when it is asked: as Stripe does, in its own bytes. */
export const LISTING = "listing";

export type Input = Readonly<Record<string, string>>;

/** The books are had without a gap from three days ago until the day after tomorrow. */
const BOOKS = `
  INSERT INTO statement_file (id, account_id, source, format, sha256, state, stored_line, row_count, first_at, last_at, finished_at)
  SELECT gen_random_uuid(), id, 'upload', CASE gateway WHEN 'stripe' THEN 'stripe_report' ELSE 'mapped_csv' END, sha256(id::bytea), 'kept', 100000, 1,
         now() - interval '4 days', now() + interval '3 days', now()
    FROM gateway_account WHERE id IN ('paper', '${LISTING}')`;

/** What the gateways' books say of every payment that they do not have yet, but for those that they never will. */
const tell = (untold: Iterable<string>) => `
  INSERT INTO statement_row (file_id, line, kind, account_id, gateway_trade_number, out_trade_no, amount_minor, currency, occurred_at, raw)
  SELECT f.id, (SELECT coalesce(max(line), 0) FROM statement_row) + row_number() OVER (ORDER BY p.id), 'payment', p.account_id, p.gateway_trade_number,
         a.out_trade_no, p.amount_minor, p.currency, p.received_at, '[]'
    FROM payment p JOIN payment_attempt a ON a.id = p.attempt_id JOIN statement_file f ON f.account_id = p.account_id AND f.source = 'upload'
   WHERE NOT EXISTS (SELECT 1 FROM statement_row r WHERE r.account_id = p.account_id AND r.gateway_trade_number = p.gateway_trade_number AND r.kind = 'payment')
     AND NOT p.gateway_trade_number = ANY ('{${[...untold].join(",")}}')`;

/** A while goes by for all that happened just now. */
const AGE = [
  `UPDATE orders SET paid_at = paid_at - interval '20 minutes', delivered_at = delivered_at - interval '20 minutes', owed_at = owed_at - interval '20 minutes'
    WHERE greatest(paid_at, delivered_at, owed_at) > now() - interval '10 minutes'`,
  "UPDATE payment SET received_at = received_at - interval '20 minutes' WHERE received_at > now() - interval '10 minutes'",
  "UPDATE outbox SET created_at = created_at - interval '20 minutes' WHERE created_at > now() - interval '10 minutes'",
];

/**
 * A shop of which the gateways' books tell the same, whose differences a test makes by hand or by its gateways, and that is compared, mended by
 * remedies, and compared again.
 */
export async function openRemediedShop(database: TestDatabase) {
  const env = { KAPU_SMTP_URL: "smtp://127.0.0.1:9", KAPU_MAIL_FROM: "Kapu <shop@example.com>" };
  const desk = await openRefundDesk(database, env);
  const { shop } = desk;
  /** What the listing account gives for any day. */
  const listed: string[] = [];
  /** Trades that the gateways' books do not have. */
  const untold = new Set<string>();
  const lister = new PaperGateway(LISTING);
  const listing: OpenAccount = {
    ...{ id: LISTING, kind: "stripe", currency: "CNY", titleZh: "列表", titleEn: "Listing", isActive: true },
    terms: PLAIN_TERMS,
    gateway: {
      ...lister.account(),
      async *statementPages() {
        const data = listed.map((row) => JSON.parse(row) as unknown);
        yield ok({ text: JSON.stringify({ object: "list", data }), rows: data.length, cursor: null, isLast: true });
      },
    },
  };
  await shop.rows(
    `INSERT INTO gateway_account (id, gateway, title_zh, title_en, currency, settings, key_id, status)
     VALUES ('${LISTING}', 'stripe', '列表', 'Listing', 'CNY', '', 'none', 'active')`,
  );
  await connectPaper(shop, shop.deps, [desk.paper], new Map([[LISTING, listing]]));
  await shop.rows(BOOKS);
  await shop.rows(
    "INSERT INTO app_user (id, email, password_hash, role) VALUES ($1, 'admin@example.com', 'x', 'admin')",
    [ADMIN.userId],
  );

  const hand = (sql: string | readonly string[]) => breakRows(database.superuser, sql);
  const announce = async () => {
    while ((await drainOutbox(shop.deps, async () => {})) > 0);
  };
  const open = () =>
    shop.rows<{ id: string; kind: string; subject: string; orderId: string | null }>(
      `SELECT id, kind, subject, order_id AS "orderId" FROM finding WHERE status IN ('open', 'in_work') ORDER BY id`,
    );

  return {
    ...desk,
    lister,
    listed,
    untold,
    hand,
    announce,
    open,
    /** Everything that was to follow by itself has, a while has gone by, and everything is compared with everything. */
    async run() {
      await announce();
      await hand([...AGE, tell(untold)]);
      const runId = await reconcileNow(shop.deps, {});
      expect(await readRunOutcome(shop.deps, runId)).toMatchObject({ state: "done", failure: null });
    },
    /** The one open finding of a kind about an order, or whatever else it is about. */
    async only(kind: string, about: string): Promise<string> {
      const all = await open();
      const found = all.filter((one) => one.kind === kind && (one.orderId === about || one.subject.includes(about)));
      expect(
        found.length,
        `${kind} about ${about} among ${all.map((one) => `${one.kind} ${one.subject}`).join(", ")}`,
      ).toBe(1);
      return found[0]?.id as string;
    },
    async stateOfFinding(id: string) {
      const [row] = await shop.rows<{ status: string }>("SELECT status FROM finding WHERE id = $1", [id]);
      return row?.status;
    },
    /** What anything is, of every finding that there is: what another run may not change. */
    standing: () => shop.rows("SELECT id, kind, subject, status, found_count > 0 AS found FROM finding ORDER BY id"),
    /** Looked at, done, and sent once more by the same form: one effect. Returns the outcome. */
    async remedy(findingId: string, remedy: string, input: Input = {}): Promise<string> {
      const preview = await previewRemedy(shop.deps, ADMIN, { findingId, remedy, input });
      if (!preview.ok) throw new Error(`no look at ${remedy}: ${preview.error}`);
      const { actId, seen } = preview.value;
      const cmd = { findingId, remedy, input, actId, seen, reason: "as agreed" };
      const apply = () => applyRemedy(shop.deps, shop.urls.audit, { viewer: ADMIN, cmd });
      const first = await apply();
      expect(await apply()).toEqual(first);
      if (!first.ok) throw new Error(`${remedy} refused: ${first.error}`);
      expect(first.value.state).toBe("done");
      return first.value.outcome;
    },
    /** A row of an account's books that no payment of ours stands behind. */
    async bookRow(kind: "payment" | "refund", columns: Readonly<Record<string, string | number>>, account = "paper") {
      const all = {
        kind,
        account_id: account,
        amount_minor: 1000,
        currency: "CNY",
        raw: "[]",
        occurred_at: new Date(Date.now() - 20 * 60_000).toISOString(),
        ...columns,
      };
      const names = Object.keys(all);
      await shop.rows(
        `INSERT INTO statement_row (file_id, line, ${names.join(", ")})
         SELECT f.id, (SELECT coalesce(max(line), 0) + 1 FROM statement_row), ${names.map((_, n) => `$${n + 1}`).join(", ")}
           FROM statement_file f WHERE f.account_id = '${account}' AND f.source = 'upload'`,
        Object.values(all),
      );
    },
    /** A pool that nobody is sold from, with cards in it. */
    async poolOf({ merchantId, ...stocked }: Awaited<ReturnType<typeof desk.owed>>["stocked"]): Promise<string> {
      const id = newId();
      await shop.deps.db.stockPool.create({ data: { id, merchantId, slug: `pool-${id}`, name: "Kept" } });
      await shop.restock({ ...stocked, merchantId, poolId: id }, 1);
      return id;
    },
    /** Paid, and by somebody's hand in the database forgotten: neither delivered nor owed, though a card may be there. */
    async forgotten({ cards = 0 } = {}) {
      const { order, stocked } = await desk.owed();
      await shop.rows("DELETE FROM finding WHERE order_id = $1", [order.id]);
      await hand([
        `UPDATE orders SET owed_at = NULL, exception = 'paid_late' WHERE id = '${order.id}'`,
        `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
         VALUES ('${order.id}', 'paid', 'paid', 'owed', 'paid_late', 'by_hand', now())`,
      ]);
      if (cards > 0) await shop.restock(stocked, cards);
      return { order, stocked };
    },
    sealAll: () => sealAll(shop.deps),
    tradeOf: async (order: Pick<PlacedOrder, "id">): Promise<string> => {
      const [row] = await shop.rows<{ trade: string }>(
        "SELECT gateway_trade_number AS trade FROM payment WHERE order_id = $1 ORDER BY received_at LIMIT 1",
        [order.id],
      );
      return row?.trade as string;
    },
  };
}

export type RemediedShop = Awaited<ReturnType<typeof openRemediedShop>>;

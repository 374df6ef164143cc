import type { Secret } from "@/lib/kernel/secret";
import { isTokenOf } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import type { PaymentView } from "./place-command";
import { isPayable, type OrderException, type OrderStatus, visibleStatus } from "./rules";

export interface OrderLineView {
  readonly variantId: string;
  readonly productSlug: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly variantTitleZh: string;
  readonly variantTitleEn: string;
  /** The variant's own, or its product's; Markdown. */
  readonly usageNoteZh: string;
  readonly usageNoteEn: string;
  readonly picture: string;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  /** The card that the buyer chose, as he read of it; its extra price is in the unit price. Null: none. */
  readonly chosen: { readonly preview: string; readonly extraMinor: bigint } | null;
}

export interface AttemptView extends PaymentView {
  readonly outTradeNo: string;
  readonly amountMinor: bigint;
}

/** An order as its buyer may see it: no secret, no token, and a status that is true at this moment of the database's clock. */
export interface OrderView {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly status: OrderStatus;
  readonly exception: OrderException;
  readonly locale: "zh" | "en";
  readonly totalMinor: bigint;
  readonly paidMinor: bigint;
  /** Paid for, and waiting for stock. */
  readonly isOwed: boolean;
  /** Until when it is to be delivered, where it was sold before it was there; null: at once. */
  readonly promisedBy: Date | null;
  /** Its buyer chose one card, and no other will do. */
  readonly isChosen: boolean;
  /** The payment that settled it came after the deadline. */
  readonly isLate: boolean;
  readonly currency: string;
  readonly quantity: number;
  readonly createdAt: Date;
  readonly deadlineAt: Date;
  readonly paidAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly serverNow: Date;
  readonly isPayable: boolean;
  readonly lines: readonly OrderLineView[];
  readonly payments: readonly AttemptView[];
}

interface Row extends Omit<OrderView, "isPayable" | "lines" | "payments"> {
  readonly paymentCount: number;
  readonly tokenHash: Uint8Array;
  readonly lines: readonly (Omit<OrderLineView, "unitPriceMinor" | "chosen"> & {
    unitPriceMinor: string;
    chosen: { preview: string; extraMinor: string } | null;
  })[];
  readonly payments: readonly {
    id: string;
    accountId: string;
    outTradeNo: string;
    amountMinor: string;
    presentation: { kind: string };
    closesAt: string | null;
  }[];
}

async function readRow({ db }: Deps, orderId: string): Promise<Row | null> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT o.id, o.number, o.merchant_id AS "merchantId", o.status, o.exception, o.locale, o.total_minor AS "totalMinor", o.paid_minor AS "paidMinor",
           o.payment_count AS "paymentCount", o.owed_at IS NOT NULL AS "isOwed", o.stock_policy = 'pick' AS "isChosen", o.is_late AS "isLate", o.currency, o.quantity,
           o.created_at AS "createdAt", o.deadline_at AS "deadlineAt",
           (SELECT coalesce(p.due_at, coalesce(o.paid_at, clock_timestamp()) + make_interval(hours => p.due_hours))
              FROM order_promise p WHERE p.order_id = o.id) AS "promisedBy",
           o.paid_at AS "paidAt", o.delivered_at AS "deliveredAt", clock_timestamp() AS "serverNow", o.token_hash AS "tokenHash",
           (SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'productSlug', p.slug, 'titleZh', p.title_zh, 'titleEn', p.title_en,
                     'variantTitleZh', v.title_zh, 'variantTitleEn', v.title_en, 'usageNoteZh', coalesce(nullif(v.usage_note_zh, ''), p.usage_note_zh),
                     'usageNoteEn', coalesce(nullif(v.usage_note_en, ''), p.usage_note_en),
                     'picture', p.picture, 'quantity', l.quantity, 'unitPriceMinor', l.unit_price_minor::text,
                     'chosen', (SELECT jsonb_build_object('preview', k.preview, 'extraMinor', k.extra_minor::text) FROM order_pick k WHERE k.order_id = o.id)) ORDER BY l.line)
              FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id WHERE l.order_id = o.id) AS lines,
           (SELECT jsonb_agg(jsonb_build_object('id', a.id, 'accountId', a.account_id, 'outTradeNo', a.out_trade_no,
                     'amountMinor', a.amount_minor::text, 'presentation', coalesce(p.presentation, a.presentation), 'closesAt', p.closes_at) ORDER BY a.created_at, a.id)
              FROM payment_attempt a LEFT JOIN payment_opening p ON p.attempt_id = a.id WHERE a.order_id = o.id) AS payments
      FROM orders o WHERE o.id = ${orderId}::uuid`;
  return rows[0] ?? null;
}

function toView({ tokenHash: _, paymentCount, lines, payments, ...row }: Row): OrderView {
  const now = row.serverNow.getTime();
  return {
    ...row,
    status: visibleStatus(row, now),
    isPayable: isPayable({ ...row, paymentCount }, now),
    lines: (lines ?? []).map((line) => ({
      ...line,
      unitPriceMinor: BigInt(line.unitPriceMinor),
      chosen: line.chosen && { ...line.chosen, extraMinor: BigInt(line.chosen.extraMinor) },
    })),
    payments: (payments ?? []).map(({ id, accountId, outTradeNo, amountMinor, presentation, closesAt }) => ({
      id,
      accountId,
      outTradeNo,
      amountMinor: BigInt(amountMinor),
      ...presentation,
      ...(closesAt !== null && { closesAt: new Date(closesAt) }),
    })),
  };
}

/** An order by its id, for callers that have established who asks; null when there is none. */
export async function findOrderView(deps: Deps, orderId: string): Promise<OrderView | null> {
  const row = await readRow(deps, orderId);
  return row && toView(row);
}

/** An order for whoever holds its token; null for a wrong token exactly as for a missing order. */
export async function findOrderByToken(
  deps: Deps,
  { orderId, token }: { orderId: string; token: Secret },
): Promise<OrderView | null> {
  const row = await readRow(deps, orderId);
  return row && isTokenOf(token, row.tokenHash) ? toView(row) : null;
}

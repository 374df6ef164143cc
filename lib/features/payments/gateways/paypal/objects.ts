import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Pair, VerifiedPayment } from "../port";
import { OUT_TRADE_NO, PAYPAL_ID, readAmount } from "./codec";
import type { PaypalConfig } from "./settings";

const Id = z.string().regex(PAYPAL_ID);
const Word = z.string().max(64);
const Text = z.string().max(255).nullish();
const Amount = z.looseObject({ currency_code: z.string().max(8), value: z.string().max(32) });
const Links = z.array(z.looseObject({ href: z.string().max(2_048), rel: Word })).max(32);

export const Capture = z.looseObject({
  id: Id,
  status: Word,
  amount: Amount.nullish(),
  custom_id: Text,
  invoice_id: Text,
  supplementary_data: z.looseObject({ related_ids: z.looseObject({ order_id: Text }).nullish() }).nullish(),
});
export type Capture = z.infer<typeof Capture>;

export const Refund = z.looseObject({
  id: Id,
  status: Word.nullish(),
  amount: Amount.nullish(),
  custom_id: Text,
  invoice_id: Text,
  links: Links.nullish(),
});
export type Refund = z.infer<typeof Refund>;

const Payments = z.looseObject({
  captures: z.array(Capture).max(64).nullish(),
  refunds: z.array(Refund).max(1_000).nullish(),
});

export const Order = z.looseObject({
  id: Id,
  status: Word,
  links: Links.nullish(),
  purchase_units: z
    .array(
      z.looseObject({
        custom_id: Text,
        amount: Amount.nullish(),
        payments: Payments.nullish(),
      }),
    )
    .max(10)
    .nullish(),
});
export type Order = z.infer<typeof Order>;

/** A payment of this shop has one unit, under our number. */
export const unitOf = (order: Order) => (order.purchase_units?.length === 1 ? order.purchase_units[0] : undefined);

const CLOSED = "CLOSED-";
/** The mark that we leave in an order which nobody may pay any more, in place of our number. */
export const closedMark = (outTradeNo: string): string => CLOSED + outTradeNo;

/**
 * Our number in an order or a capture, closed or not, or null: other programs may share the account. Money that was taken
 * in the moment of closing is still money.
 */
export function numberOf({ custom_id: mark }: { custom_id?: string | null | undefined }): string | null {
  const number = mark?.startsWith(CLOSED) ? mark.slice(CLOSED.length) : (mark ?? "");
  return OUT_TRADE_NO.test(number) ? number : null;
}

/**
 * The payment that a capture is. Its number is the capture's, in notices and answers alike: an order is only a promise, and
 * refunds and disputes name the capture.
 */
export function paymentOf(
  capture: Capture,
  outTradeNo: string,
  { config, evidence = [] }: { readonly config: Pick<PaypalConfig, "clientId">; readonly evidence?: readonly Pair[] },
): Result<VerifiedPayment, "bad_amount"> {
  const amount = readAmount(capture.amount);
  if (!amount || amount.amountMinor <= 0n) return err("bad_amount");
  return ok({
    accountRef: config.clientId,
    outTradeNo,
    gatewayTradeNo: capture.id,
    amount,
    method: null,
    evidence: [
      ...evidence,
      ["capture", capture.id],
      ["custom_id", outTradeNo],
      ["status", capture.status],
      ["currency_code", capture.amount?.currency_code ?? ""],
      ["value", capture.amount?.value ?? ""],
    ],
  });
}

/** Whether the money goes back; a word that PayPal learns later is not the end of it. */
export const refundState = (status: string | null | undefined): "succeeded" | "processing" | "failed" => {
  if (status === "COMPLETED") return "succeeded";
  return status === "FAILED" || status === "CANCELLED" ? "failed" : "processing";
};

/** The capture that a refund belongs to; PayPal tells it by a link only. */
export function captureOf(refund: Refund): string | null {
  const up = refund.links?.find(({ rel }) => rel === "up")?.href ?? "";
  return /\/v2\/payments\/captures\/([A-Z0-9]{4,36})$/.exec(up)?.[1] ?? null;
}

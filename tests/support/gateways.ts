import { randomBytes } from "node:crypto";
import type {
  CreateInput,
  GatewayAccount,
  NoticeRefusal,
  PaymentRef,
  RawHttp,
  VerifiedPayment,
} from "@/lib/features/payments/gateways/port";
import type { Transport } from "@/lib/features/payments/gateways/transport";
import { err, ok, type Result } from "@/lib/kernel/result";

/** What a notice says of a payment; any other thing that it says is named instead. */
export function readPaid(
  account: GatewayAccount,
  raw: RawHttp,
  now = Date.now(),
): Result<VerifiedPayment, NoticeRefusal | "refund" | "dispute" | "ask" | "nothing"> {
  const notice = account.readNotification(raw, now);
  if (!notice.ok) return notice;
  return notice.value.kind === "paid" ? ok(notice.value.payment) : err(notice.value.kind);
}

/** The network as it is, with what a test changes of it. */
export const transportWith = (changes: Partial<Transport> = {}): Transport => ({
  fetch: globalThis.fetch,
  now: Date.now,
  randomBytes,
  ...changes,
});

/** A payment of which only our own number is known. */
export const payment = (outTradeNo: string): PaymentRef => ({ outTradeNo, gatewayTradeNo: null });

/** The address that a buyer is sent to; throws when there is another way to pay, or none. */
export function redirectOf(account: GatewayAccount, input: CreateInput): string {
  const created = account.createPayment(input);
  if (!created.ok) throw new Error(created.error);
  if (created.value.kind !== "redirect") throw new Error(`a ${created.value.kind}, not a redirect`);
  return created.value.url;
}

import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { payment, transportWith } from "./gateways";

/** An account at a server of its own, and what it is asked to open. */
export interface AccountWorld {
  readonly account: GatewayAccount;
  readonly input: OpenInput;
}

export const HOUR = 3_600_000;
export const transport = transportWith({ timeoutMs: 1_000 });

export async function open({ account, input }: AccountWorld, changes: Partial<OpenInput> = {}) {
  const answer = await account.openPayment?.({ ...input, ...changes }, transport);
  if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
  return answer.opened;
}
export const query = ({ account, input }: AccountWorld, gatewayTradeNo: string | null = null) =>
  account.queryPayment({ outTradeNo: input.outTradeNo, gatewayTradeNo }, transport);
export const close = ({ account, input }: AccountWorld, gatewayTradeNo: string | null = null) =>
  account.closePayment?.({ outTradeNo: input.outTradeNo, gatewayTradeNo }, transport);
export const refundsOf = ({ account }: AccountWorld) => {
  if (!account.refunds) throw new Error("no refunds");
  return account.refunds;
};

/** A refund of a part of $19.99. */
export const refundOfPart =
  (outTradeNo: string, refundNo: string) =>
  (amountMinor: bigint, changes: Partial<RefundInput> = {}): RefundInput => ({
    ...payment(outTradeNo),
    refundNo,
    amount: money(amountMinor, "USD"),
    total: money(1999n, "USD"),
    ...changes,
  });

/** What is asked to be opened, to be paid within a quarter of an hour. */
export const inputOf = (
  shop: { readonly url: string },
  { outTradeNo, amount }: Pick<OpenInput, "outTradeNo" | "amount">,
) => ({
  outTradeNo,
  amount,
  orderNumber: "261121-AAAAA-BBBBB",
  notifyUrl: shop.url,
  returnUrl: "http://127.0.0.1:9/zh/orders/ord_1",
  expiresAt: Date.now() + 15 * 60_000,
});

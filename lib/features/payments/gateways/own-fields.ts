import { assert } from "@/lib/kernel/assert";
import type { CreateInput } from "./port";
import { isCallbackUrl } from "./raw-http";

/** Throws unless number, order and addresses are as we make them: no text of a user reaches a gateway. */
export function assertOwnFields(input: CreateInput): void {
  assert(/^[A-Za-z0-9]{1,32}$/.test(input.outTradeNo), "out_trade_no is ours");
  assert(/^[A-Za-z0-9-]{1,40}$/.test(input.orderNumber), "the order number is ours");
  assert(isCallbackUrl(input.notifyUrl) && isCallbackUrl(input.returnUrl), "callback addresses carry no query");
}

import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { type JsonField, postedJson } from "../flat-json";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "../port";
import { accountRefOf, isSigned, ORDER_ID, OUT_ORDER_ID } from "./codec";
import { baseCurrencyOf, type TokenpayConfig, TRADE_TYPE } from "./settings";

const UNPAID: Readonly<Record<string, "pending" | "expired">> = { "0": "pending", "2": "expired" };

/**
 * Reads a TokenPay notice: a payment only with Status 1, under the signature of this account over the letters that came. What
 * was paid for is `ActualAmount`, the order's price; `Amount` and `PayAmount` are coins, and evidence.
 */
export function readNotification(raw: RawHttp, config: TokenpayConfig): Result<Notification, NoticeRefusal> {
  const fields = postedJson(raw);
  if (!fields) return err("malformed");
  const textOf = (name: string, kind?: JsonField["kind"]): string | undefined =>
    fields.find((field) => field.name === name && (kind === undefined || field.kind === kind))?.text;
  const [id, outTradeNo] = [textOf("Id", "string"), textOf("OutOrderId", "string")];
  const [amountText, status] = [textOf("ActualAmount"), textOf("Status", "number")];
  if (!id || !outTradeNo || !amountText || !status || !textOf("Signature", "string")) return err("malformed");
  if (!isSigned(fields, config)) return err("bad_signature");
  // The signed text has no escapes, so a member may have swallowed its neighbour: each is held to its own grammar.
  if (!ORDER_ID.test(id) || !OUT_ORDER_ID.test(outTradeNo) || !/^[0-9]$/.test(status)) return err("malformed");
  if (status !== "1") return ok({ kind: "nothing", what: UNPAID[status] ?? "other" });
  const baseCurrency = textOf("BaseCurrency");
  const currency = baseCurrency === undefined ? config.currency : baseCurrencyOf(baseCurrency);
  const amount = currency && parseDecimal(amountText, currency);
  if (!amount?.ok) return err("bad_amount");
  const method = textOf("Currency") ?? "";
  return ok({
    kind: "paid",
    payment: {
      accountRef: accountRefOf(config),
      outTradeNo,
      gatewayTradeNo: id,
      amount: amount.value,
      method: TRADE_TYPE.test(method) ? method : null,
      evidence: fields.map(({ name, text }): Pair => [name, text]),
    },
  });
}

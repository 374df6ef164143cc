import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { type JsonField, postedJson } from "../flat-json";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "../port";
import { isSigned, ORDER_ID, TRADE_ID } from "./codec";
import type { EpusdtConfig } from "./settings";

/** Which account a payment belongs to: the merchant's number, or the server itself where it has only one merchant. */
export const accountRefOf = ({ pid, baseUrl }: Pick<EpusdtConfig, "pid" | "baseUrl">): string =>
  pid ?? new URL(baseUrl).host;

/** Rightly signed, and nobody paid: BEpusdt says "waiting" each minute, and an expired trade may still become a paid one. */
const UNPAID: Readonly<Record<string, "pending" | "expired" | "closed" | "failed">> = {
  "1": "pending",
  "3": "expired",
  "4": "closed",
  "5": "pending",
  "6": "failed",
};

/**
 * Reads a notice of the epusdt family: a payment only with status 2, under the signature of this account over the letters that
 * came. What was paid for is the order's own amount, which the server echoes; the coins are evidence.
 */
export function readNotification(raw: RawHttp, config: EpusdtConfig): Result<Notification, NoticeRefusal> {
  const fields = postedJson(raw);
  if (!fields) return err("malformed");
  const textOf = (name: string, kind?: JsonField["kind"]): string | undefined =>
    fields.find((field) => field.name === name && (kind === undefined || field.kind === kind))?.text;
  const [outTradeNo, tradeId] = [textOf("order_id", "string"), textOf("trade_id", "string")];
  const [amountText, status] = [textOf("amount"), textOf("status", "number")];
  if (!outTradeNo || !tradeId || !amountText || !status || !textOf("signature", "string")) return err("malformed");
  if (!isSigned(fields, config)) return err("bad_signature");
  if (config.pid !== null && textOf("pid") !== config.pid) return err("other_account");
  // The signed text has no escapes, so a member may have swallowed its neighbour: each is held to its own grammar.
  if (!ORDER_ID.test(outTradeNo) || !TRADE_ID.test(tradeId) || !/^[0-9]$/.test(status)) return err("malformed");
  if (status !== "2") return ok({ kind: "nothing", what: UNPAID[status] ?? "other" });
  const amount = parseDecimal(amountText, config.currency);
  if (!amount.ok) return err("bad_amount");
  return ok({
    kind: "paid",
    payment: {
      accountRef: accountRefOf(config),
      outTradeNo,
      gatewayTradeNo: tradeId,
      amount: amount.value,
      method: null,
      evidence: fields.map(({ name, text }): Pair => [name, text]),
    },
  });
}

import { isUtf8 } from "node:buffer";
import { limits } from "@/lib/kernel/limits";
import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { GATEWAY_TRADE_NO, isSignedBy, METHOD, OUT_TRADE_NO } from "./epay-codec";
import type { EpayConfig } from "./epay-settings";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "./port";
import { readPairs } from "./raw-http";

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Reads an EPay v1 notice: a payment only when every field is single and plain, the signature over all of them holds
 * under this account's key, and the gateway says success. The name is not read (the gateway sends a constant), the
 * `sign_type` neither: the sender does not choose the algorithm.
 */
export function readNotification(raw: RawHttp, config: EpayConfig): Result<Notification, NoticeRefusal> {
  const pairs = noticePairs(raw);
  const fields = pairs && singleFields(pairs);
  if (!pairs || !fields) return err("malformed");
  const [pid, outTradeNo, gatewayTradeNo] = [fields.get("pid"), fields.get("out_trade_no"), fields.get("trade_no")];
  const [moneyText, status, sign] = [fields.get("money"), fields.get("trade_status"), fields.get("sign")];
  if (!pid || !outTradeNo || !gatewayTradeNo || !moneyText || !status || !sign) return err("malformed");
  if (!isSignedBy(pairs, sign, config.key.reveal())) return err("bad_signature");
  if (pid !== config.pid) return err("other_account");
  // The signed text has no escapes, so a field may have swallowed its neighbour: each is held to its own grammar.
  if (!OUT_TRADE_NO.test(outTradeNo) || !GATEWAY_TRADE_NO.test(gatewayTradeNo)) return err("malformed");
  if (status !== "TRADE_SUCCESS") return err("not_success");
  const amount = parseDecimal(moneyText, "CNY");
  if (!amount.ok) return err("bad_amount");
  const method = fields.get("type") ?? "";
  return ok({
    kind: "paid",
    payment: {
      accountRef: pid,
      outTradeNo,
      gatewayTradeNo,
      amount: amount.value,
      method: METHOD.test(method) ? method : null,
      evidence: pairs,
    },
  });
}

/** Query for GET, form for POST (some servers of the family post). Never both: which of two would the signature mean? */
function noticePairs({ method, query, headers, body }: RawHttp): readonly Pair[] | null {
  if (method === "GET") return query;
  const contentType = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (method !== "POST" || query.length > 0 || !FORM.test(contentType)) return null;
  if (body.byteLength > limits.notificationBodyBytesMax || !isUtf8(body)) return null;
  return readPairs(Buffer.from(body).toString("utf8"));
}

/** One plain value per name, or null: a repeat, an array (`sign[]`), a name like `__proto__`, a text no database keeps. */
function singleFields(pairs: readonly Pair[]): ReadonlyMap<string, string> | null {
  if (pairs.length > limits.noticeFieldsMax) return null;
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!FIELD_NAME.test(name) || fields.has(name)) return null;
    if (value.length > limits.noticeValueLettersMax || value.includes("\0") || /\p{Surrogate}/u.test(value))
      return null;
    fields.set(name, value);
  }
  return fields;
}

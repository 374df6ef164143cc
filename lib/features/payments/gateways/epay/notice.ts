import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { formPairs, singleFields } from "../plain-fields";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "../port";
import { isSignedNow } from "../signed-time";
import { GATEWAY_TRADE_NO, METHOD, OUT_TRADE_NO } from "./codec";
import type { EpayConfig } from "./settings";
import { isSignedForUs } from "./signing";

/**
 * Reads an EPay notice: a payment only when every field is single and plain, the signature over all of them holds under this
 * account's key and, where the protocol signs the time, was made now, and the gateway says success. The name is not read (the
 * gateway sends a constant), the `sign_type` neither: the sender does not choose the algorithm.
 */
export function readNotification(raw: RawHttp, config: EpayConfig, now: number): Result<Notification, NoticeRefusal> {
  const pairs = noticePairs(raw, config);
  const fields = pairs && singleFields(pairs);
  if (!pairs || !fields) return err("malformed");
  const [pid, outTradeNo, gatewayTradeNo] = [fields.get("pid"), fields.get("out_trade_no"), fields.get("trade_no")];
  const [moneyText, status, sign] = [fields.get("money"), fields.get("trade_status"), fields.get("sign")];
  if (!pid || !outTradeNo || !gatewayTradeNo || !moneyText || !status || !sign) return err("malformed");
  if (!isSignedForUs(pairs, sign, config)) return err("bad_signature");
  // The platform signs for all of its merchants with one RSA key: the signature alone does not say whose payment it is.
  if (pid !== config.pid) return err("other_account");
  if (config.signing.mode === "RSA" && !isSignedNow(fields.get("timestamp"), now)) return err("stale");
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

/** Query for GET, form for POST, by the verbs that this server uses. Never both. */
function noticePairs(raw: RawHttp, { profile }: EpayConfig): readonly Pair[] | null {
  if (!profile.notifyVerbs.some((verb) => verb === raw.method)) return null;
  return raw.method === "GET" ? raw.query : formPairs(raw);
}

import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { formPairs, singleFields } from "../plain-fields";
import type { NoticeRefusal, Notification, RawHttp } from "../port";
import { judgedAmount } from "../shifted-amount";
import { isCodepaySigned, methodOf, PAY_ID, PAY_NO } from "./codec";
import type { CodepayConfig } from "./settings";

/**
 * Reads a 码支付 notice, which tells only of payments: `price` is what the order was opened for, `money` what the buyer really paid.
 * The signed text has no escapes, so the fields we use are held to their grammars before it is made.
 */
export function readCodepayNotice(raw: RawHttp, config: CodepayConfig): Result<Notification, NoticeRefusal> {
  const pairs = formPairs(raw);
  const fields = pairs && singleFields(pairs);
  if (!pairs || !fields) return err("malformed");
  const [payId = "", payNo = "", type = ""] = ["pay_id", "pay_no", "type"].map((name) => fields.get(name));
  const [price = "", money = "", sign = ""] = ["price", "money", "sign"].map((name) => fields.get(name));
  if (!PAY_ID.test(payId) || !PAY_NO.test(payNo) || !/^[1-9]$/.test(type)) return err("malformed");
  if (/[&=]/.test(price + money)) return err("malformed");
  if (!isCodepaySigned(pairs, sign, config.key.reveal())) return err("bad_signature");
  if (fields.has("id") && fields.get("id") !== config.id) return err("other_account");
  const [asked, paid] = [parseDecimal(price, "CNY"), parseDecimal(money, "CNY")];
  if (!asked.ok || !paid.ok) return err("bad_amount");
  return ok({
    kind: "paid",
    payment: {
      accountRef: config.id,
      outTradeNo: payId,
      gatewayTradeNo: payNo,
      amount: judgedAmount(asked.value, paid.value),
      paid: paid.value,
      method: methodOf(type),
      evidence: pairs,
    },
  });
}

import { parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { singleFields } from "../plain-fields";
import type { NoticeRefusal, Notification, Pair, RawHttp, VerifiedPayment } from "../port";
import { judgedAmount } from "../shifted-amount";
import { isVmqSigned, methodOf, NUMBER, PARAM, PAY_ID } from "./codec";
import type { VmqConfig } from "./settings";

const NAMES = ["payId", "param", "type", "price", "reallyPrice"] as const;

/**
 * Reads a V免签 notice. What is signed has no borders, so every value is held to its grammar before it is hashed; a notice tells
 * only of payments. The server has no number of its own for a payment in it: one order there is paid once, so ours is both.
 */
export function readVmqNotice(raw: RawHttp, config: VmqConfig): Result<Notification, NoticeRefusal> {
  const fields = raw.method === "GET" ? singleFields(raw.query) : null;
  if (!fields) return err("malformed");
  const [payId = "", param = "", type = "", price = "", reallyPrice = ""] = NAMES.map((name) => fields.get(name));
  const sign = fields.get("sign");
  if (!sign || !PAY_ID.test(payId) || param !== PARAM || !/^[1-9]$/.test(type)) return err("malformed");
  if (!NUMBER.test(price) || !NUMBER.test(reallyPrice)) return err("malformed");
  if (!isVmqSigned([payId, param, type, price, reallyPrice], sign, config.key.reveal())) return err("bad_signature");
  const payment = vmqPayment({ payId, type, price, reallyPrice }, config);
  if (!payment) return err("bad_amount");
  const evidence = [...NAMES, "sign"].flatMap((name): Pair[] =>
    fields.has(name) ? [[name, fields.get(name) ?? ""]] : [],
  );
  return ok({ kind: "paid", payment: { ...payment, evidence } });
}

/** What a notice and an answer both say of a payment; null when one of the two amounts is none. */
export function vmqPayment(
  { payId, type, price, reallyPrice }: { payId: string; type: string; price: string; reallyPrice: string },
  config: VmqConfig,
): VerifiedPayment | null {
  const [asked, paid] = [parseDecimal(price, "CNY"), parseDecimal(reallyPrice, "CNY")];
  if (!asked.ok || !paid.ok) return null;
  return {
    accountRef: accountRefOf(config),
    outTradeNo: payId,
    gatewayTradeNo: payId,
    amount: judgedAmount(asked.value, paid.value),
    paid: paid.value,
    method: methodOf(type),
    evidence: [
      ["payId", payId],
      ["type", type],
      ["price", price],
      ["reallyPrice", reallyPrice],
    ],
  };
}

/** The server is the account: it has one merchant and one key. */
export const accountRefOf = ({ baseUrl }: VmqConfig): string => new URL(baseUrl).host;

import { err, ok, type Result } from "@/lib/kernel/result";
import { isPhpBlank } from "../canonical-pairs";
import { formPairs, singleFields } from "../plain-fields";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "../port";
import { isNoticeSigned, OUT_TRADE_NO, REFUND_NO, readYuan, TRADE_NO } from "./codec";
import { type AlipayConfig, accountRefOf } from "./settings";

type Account = Pick<AlipayConfig, "appId" | "sellerId" | "alipayKey" | "serials">;

/**
 * Reads one notice: a payment only when every field is single and plain, Alipay's RSA2 signature holds over all of them, and
 * the notice names our application and our seller. Refunds come to the same address in a payment's clothes and are told
 * apart here. There is no time in it that could be held against the clock: Alipay repeats a notice for 25 hours.
 */
export function readNotification(raw: RawHttp, config: Account): Result<Notification, NoticeRefusal> {
  const pairs = formPairs(raw);
  const all = pairs && singleFields(pairs);
  if (!pairs || !all) return err("malformed");
  const sign = all.get("sign");
  if (!sign || !all.get("app_id")) return err("malformed");
  // Pinned: a notice that names another algorithm is refused before any arithmetic.
  if (all.get("sign_type") !== "RSA2") return err("bad_signature");
  if (!isNoticeSigned(pairs, sign, config)) return err(whyUnsigned(all, config));
  // A blank field may be unsigned, so it is no field at all.
  const fields = new Map([...all].filter(([, value]) => !isPhpBlank(value)));
  const seller = fields.get("seller_id");
  if (fields.get("app_id") !== config.appId) return err("other_account");
  if (seller !== undefined && seller !== config.sellerId) return err("other_account");
  return judge(fields, pairs, config);
}

const whyUnsigned = (fields: ReadonlyMap<string, string>, { serials }: Account): NoticeRefusal => {
  const serial = fields.get("alipay_cert_sn");
  return serials && serial && serial !== serials.alipay ? "unknown_key" : "bad_signature";
};

function judge(
  fields: ReadonlyMap<string, string>,
  evidence: readonly Pair[],
  config: Account,
): Result<Notification, NoticeRefusal> {
  const [outTradeNo, tradeNo, status] = [
    fields.get("out_trade_no"),
    fields.get("trade_no"),
    fields.get("trade_status"),
  ];
  // The same address hears of other things too: signed contracts, orders at the service market.
  if (status === undefined) return ok({ kind: "nothing", what: "other" });
  // The signed text has no escapes, so a field may have swallowed its neighbour: each is held to its own grammar.
  if (!outTradeNo || !OUT_TRADE_NO.test(outTradeNo) || !tradeNo || !TRADE_NO.test(tradeNo)) return err("malformed");
  if (isRefund(fields)) return ok(refundOf({ outTradeNo, tradeNo, fields, evidence, config }));
  if (status === "WAIT_BUYER_PAY") return ok({ kind: "nothing", what: "pending" });
  if (status === "TRADE_CLOSED") {
    // It was paid once, and nothing says what came of the money.
    if (fields.has("gmt_payment")) return ok({ kind: "ask", outTradeNo });
    return ok({ kind: "nothing", what: "closed" });
  }
  if (status !== "TRADE_SUCCESS" && status !== "TRADE_FINISHED") return ok({ kind: "nothing", what: "other" });
  const amount = readYuan(fields.get("total_amount"));
  if (!amount.ok) return err("bad_amount");
  // Without its seller the notice does not tell everything: our own question will.
  if (!fields.has("seller_id")) return ok({ kind: "ask", outTradeNo });
  const accountRef = accountRefOf(config);
  const payment = { accountRef, outTradeNo, gatewayTradeNo: tradeNo, amount: amount.value, method: null, evidence };
  return ok({ kind: "paid", payment });
}

const isRefund = (fields: ReadonlyMap<string, string>): boolean =>
  fields.has("gmt_refund") || !/^0+(\.0+)?$/.test(fields.get("refund_fee") ?? "0");

/** `refund_fee` is the sum of all refunds of the trade, not this one's: the number tells which it is, and asking tells how much. */
function refundOf(notice: {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly evidence: readonly Pair[];
  readonly config: Account;
}): Notification {
  const { outTradeNo, tradeNo, fields, evidence, config } = notice;
  const refundNo = fields.get("out_biz_no");
  if (refundNo === undefined || !REFUND_NO.test(refundNo)) return { kind: "ask", outTradeNo };
  return {
    kind: "refund",
    refund: {
      accountRef: accountRefOf(config),
      outTradeNo,
      gatewayTradeNo: tradeNo,
      refundNo,
      gatewayRefundNo: null,
      amount: null,
      state: "succeeded",
      evidence,
    },
  };
}

import { z } from "zod";
import { closedBy, unknown } from "../answers";
import type { CloseAnswer, PaymentRef, QueryAnswer, VerifiedPayment } from "../port";
import type { Transport } from "../transport";
import { callWechat, isYes, reasonOf, type WechatReply } from "./call";
import { readFen, TRANSACTION_ID } from "./codec";
import { accountRefOf, type WechatConfig } from "./settings";

const Text = z.string().max(200);
const Transaction = z.looseObject({
  mchid: Text,
  appid: Text.nullish(),
  out_trade_no: Text,
  transaction_id: Text.nullish(),
  trade_state: Text,
  trade_type: Text.nullish(),
  amount: z.looseObject({ total: z.unknown().optional(), currency: z.unknown().optional() }).nullish(),
});
type Transaction = z.infer<typeof Transaction>;

const pathOf = (outTradeNo: string): string => `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}`;

/** Asks once, by our own number, so that the reply can be held against it. */
export async function queryPayment(
  { outTradeNo }: PaymentRef,
  config: WechatConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  const path = `${pathOf(outTradeNo)}?mchid=${config.mchid}`;
  const reply = await callWechat({ method: "GET", path }, config, transport);
  return reply.ok ? readTransaction(reply.value, outTradeNo, config) : unknown(reply.error);
}

/** Judges an answer about a payment. That there is none so far costs nothing to believe; everything else is signed. */
export function readTransaction(
  reply: WechatReply,
  outTradeNo: string,
  config: Pick<WechatConfig, "mchid" | "appid">,
): QueryAnswer {
  if (reply.status === 404 && reply.code === "ORDER_NOT_EXIST") return { state: "not_found" };
  if (!isYes(reply)) return unknown(reasonOf(reply));
  const transaction = Transaction.safeParse(reply.fields);
  if (!transaction.success) return unknown("unreadable");
  const { mchid, appid, out_trade_no } = transaction.data;
  if (mchid !== config.mchid || (appid != null && appid !== config.appid)) return unknown("other_account");
  if (out_trade_no !== outTradeNo) return unknown("other_order");
  return judge(transaction.data, reply, config);
}

function judge(
  transaction: Transaction,
  { evidence }: WechatReply,
  config: Pick<WechatConfig, "mchid" | "appid">,
): QueryAnswer {
  switch (transaction.trade_state) {
    // A card that was refused may be followed by one that is not.
    case "NOTPAY":
    case "USERPAYING":
    case "PAYERROR":
      return { state: "pending" };
    case "CLOSED":
    case "REVOKED":
      return { state: "closed" };
    case "SUCCESS":
    case "REFUND":
      break;
    default:
      return unknown("unreadable");
  }
  const payment = paymentOf(transaction, { evidence, accountRef: accountRefOf(config) });
  if (typeof payment === "string") return unknown(payment);
  return { state: transaction.trade_state === "SUCCESS" ? "paid" : "refunded", payment };
}

/** The payment of a transaction that was paid, or why it cannot be told. `total` is the order's; the buyer may pay less by coupons. */
export function paymentOf(
  transaction: Pick<Transaction, "transaction_id" | "out_trade_no" | "trade_type" | "amount">,
  { evidence, accountRef }: Pick<VerifiedPayment, "evidence" | "accountRef">,
): VerifiedPayment | "bad_amount" | "unreadable" {
  const { transaction_id, out_trade_no, trade_type, amount } = transaction;
  if (!transaction_id || !TRANSACTION_ID.test(transaction_id)) return "unreadable";
  const total = readFen(amount?.total, amount?.currency);
  if (!total.ok) return "bad_amount";
  const method = trade_type && /^[A-Z0-9_]{1,32}$/.test(trade_type) ? trade_type.toLowerCase() : null;
  return {
    accountRef,
    outTradeNo: out_trade_no,
    gatewayTradeNo: transaction_id,
    amount: total.value,
    method,
    evidence,
  };
}

/** Asks that nobody may pay it any more: 204 is a yes. Whatever else WeChat Pay says is asked about before anything is concluded. */
export async function closePayment(
  payment: PaymentRef,
  config: WechatConfig,
  transport: Transport,
): Promise<CloseAnswer> {
  const path = `${pathOf(payment.outTradeNo)}/close`;
  const reply = await callWechat({ method: "POST", path, content: { mchid: config.mchid } }, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status === 204) return { state: "closed" };
  return closedBy(await queryPayment(payment, config, transport), unknown(reasonOf(reply.value)));
}

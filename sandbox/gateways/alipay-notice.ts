import type { AlipayTrade } from "./alipay-desk";
import { type Fields, shanghaiTime, toYuan } from "./alipay-signing";

/** What Alipay tells of a trade, unsigned; a field may be blank, and the signatures of its kits disagree about that. */
export function noticeOf(
  trade: AlipayTrade,
  { appId, sellerId, now }: { appId: string; sellerId: string; now: number },
): Fields {
  const amount = toYuan(trade.fen);
  return {
    gmt_create: shanghaiTime(trade.createdAt),
    charset: "utf-8",
    seller_email: "shop@test.cn",
    subject: trade.subject,
    body: "",
    buyer_id: "2088102122524333",
    invoice_amount: amount,
    notify_id: `${now}${trade.outTradeNo}`,
    fund_bill_list: JSON.stringify([{ amount, fundChannel: "ALIPAYACCOUNT" }]),
    notify_type: "trade_status_sync",
    trade_status: trade.status,
    receipt_amount: amount,
    buyer_pay_amount: amount,
    app_id: appId,
    seller_id: sellerId,
    gmt_payment: shanghaiTime(trade.paidAt ?? now),
    notify_time: shanghaiTime(now),
    version: "1.0",
    out_trade_no: trade.outTradeNo,
    total_amount: amount,
    trade_no: trade.tradeNo ?? "",
    auth_app_id: appId,
    point_amount: "0.00",
  };
}

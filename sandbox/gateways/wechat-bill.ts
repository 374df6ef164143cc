import { toYuan } from "../signing";
import type { WechatOrder } from "./wechat-desk";
import { shanghaiInstant } from "./wechat-signing";

const HEADER =
  "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
const SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

const yuan = (fen: number): string => toYuan(BigInt(fen));
/** Fees have five places, and six in a thousand of a fen are six of the fifth. */
function feeOf(fen: number): string {
  const fifths = String(Math.abs(fen) * 6).padStart(6, "0");
  return `${fen < 0 ? "-" : ""}${fifths.slice(0, -5)}.${fifths.slice(-5)}`;
}
const row = (cells: readonly string[]): string => cells.map((cell) => `\`${cell}`).join(",");
const timeOf = (ms: number): string => shanghaiInstant(ms).slice(0, 19).replace("T", " ");

/** The lines of one day of Shanghai as WeChat Pay writes them, or null when nothing happened. */
export function wechatBill(
  orders: Iterable<WechatOrder>,
  { day, mchid, appid }: { day: string; mchid: string; appid: string },
): Buffer | null {
  const lines: { readonly at: number; readonly text: string; readonly paid: number; readonly back: number }[] = [];
  for (const order of orders) {
    const head = (at: number) => [timeOf(at), appid, mchid, "0", "", order.transactionId ?? "", order.outTradeNo, "oA"];
    const kind = (state: string) => [order.type, state, "OTHERS", "CNY"];
    const tail = (fee: string, paid: number, back: number) => [
      order.description,
      "",
      fee,
      "0.60%",
      yuan(paid),
      yuan(back),
      "",
    ];
    if (order.paidAt !== null && timeOf(order.paidAt).startsWith(day)) {
      const middle = [yuan(order.fen), "0.00", "0", "0", "0.00", "0.00", "", ""];
      const cells = [...head(order.paidAt), ...kind("SUCCESS"), ...middle, ...tail(feeOf(order.fen), order.fen, 0)];
      lines.push({ at: order.paidAt, text: row(cells), paid: order.fen, back: 0 });
    }
    for (const { at, fen, id, number, status } of order.refunds) {
      if (!timeOf(at).startsWith(day)) continue;
      const middle = ["0.00", "0.00", id, number, yuan(fen), "0.00", "ORIGINAL", status];
      const cells = [...head(at), ...kind("REFUND"), ...middle, ...tail(`-${feeOf(fen)}`, 0, fen)];
      lines.push({ at, text: row(cells), paid: 0, back: fen });
    }
  }
  if (lines.length === 0) return null;
  lines.sort((left, right) => left.at - right.at);
  const sum = (of: "paid" | "back") => lines.reduce((total, line) => total + line[of], 0);
  const [paid, back] = [sum("paid"), sum("back")];
  const totals = [`${lines.length}`, yuan(paid), yuan(back), "0.00", feeOf(paid - back), yuan(paid), yuan(back)];
  return Buffer.from(`\ufeff${[HEADER, ...lines.map(({ text }) => text), SUMMARY, row(totals), ""].join("\r\n")}`);
}

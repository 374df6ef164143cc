import { signedQuery } from "@/sandbox/signing";

/** Where the gateway tells that a payment page's trade was paid, path and query, signed as the protocol signs. */
export function noticeOf(paymentUrl: string, key: string): string {
  const asked = new URL(paymentUrl).searchParams;
  const outTradeNo = asked.get("out_trade_no") ?? "";
  const fields = {
    pid: asked.get("pid") ?? "",
    trade_no: `T${outTradeNo}`,
    out_trade_no: outTradeNo,
    type: "alipay",
    name: "product",
    money: asked.get("money") ?? "",
    trade_status: "TRADE_SUCCESS",
  };
  const { pathname } = new URL(asked.get("notify_url") ?? "");
  return `${pathname}?${signedQuery(fields, key)}`;
}

import type { AlipayTrade } from "./alipay-desk";
import { toYuan } from "./alipay-signing";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

const frame = (title: string, body: string): string => `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.25rem}
strong{font-size:2rem;display:block}button,a.button{display:block;width:100%;box-sizing:border-box;margin:.75rem 0;padding:.75rem;
border:0;border-radius:.5rem;background:#1677ff;color:#fff;font:inherit;text-align:center;text-decoration:none}</style>
<h1>${title}</h1>${body}</html>`;

/** The cashier: what a scanned code or the shop's address leads to. */
export function cashierPage(trade: AlipayTrade): string {
  const amount = `<p>${escaped(trade.subject)}</p><strong>¥ ${toYuan(trade.fen)}</strong>`;
  const back = trade.returnUrl
    ? `<a class="button" href="${escaped(trade.returnUrl)}">返回商家 Back to the shop</a>`
    : "";
  if (trade.paidAt !== null) return frame("支付成功 Paid", amount + back);
  if (trade.status === "TRADE_CLOSED") return frame("交易已关闭 Closed", amount + back);
  const button = (how: string, label: string) => `<button name="how" value="${how}">${label}</button>`;
  return frame(
    "支付宝（演示）Alipay (demo)",
    `${amount}<form method="post">${button("pay", "确认付款 Pay")}${button("twice", "付款，通知两次 Pay, told twice")}${button("silent", "付款，但不通知 Pay, never told")}</form>${back}`,
  );
}

export const plainPage = (title: string): string => frame(title, "");

import { toYuan } from "../signing";
import type { StripeSession } from "./stripe-desk";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

const frame = (title: string, body: string): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem;color:#1a1f36}h1{font-size:1.25rem}
strong{font-size:2rem;display:block}button,a.button{display:block;width:100%;box-sizing:border-box;margin:.75rem 0;padding:.75rem;
border:0;border-radius:.5rem;background:#5433ff;color:#fff;font:inherit;text-align:center;text-decoration:none}
button.other{background:#e3e8ee;color:#1a1f36}</style><h1>${title}</h1>${body}</html>`;

const WHOLE = new Set(["jpy", "krw", "vnd"]);
const shown = ({ amount, currency }: StripeSession): string =>
  `${WHOLE.has(currency) ? amount : toYuan(BigInt(amount))} ${escaped(currency.toUpperCase())}`;

/** Stripe's page of one session: where the buyer presses pay. */
export function sessionPage(session: StripeSession, status: "open" | "complete" | "expired"): string {
  const amount = `<p>${escaped(session.name)}</p><strong>${shown(session)}</strong>`;
  const back = `<a class="button" href="${escaped(session.successUrl)}">Back to the shop 返回商家</a>`;
  if (status === "complete") return frame("Thank you 支付完成", amount + back);
  // The original's words for a session that was expired from outside tell the buyer hardly more.
  if (status === "expired") return frame("This page has expired 页面已过期", amount + back);
  const button = (how: string, label: string, name = "") =>
    `<button class="${name}" name="how" value="${how}">${label}</button>`;
  return frame(
    "Stripe (demo) 演示",
    `${amount}<form method="post">${button("pay", "Pay 付款")}${button("twice", "Pay, told twice 付款，通知两次", "other")}${button(
      "silent",
      "Pay, never told 付款，但不通知",
      "other",
    )}${button("slow", "Pay by bank debit, days later 银行扣款，几天后到账", "other")}</form>${back}`,
  );
}

export const plainPage = (title: string): string => frame(title, "");

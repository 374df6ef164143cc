import { toYuan } from "../signing";
import { backLink, choicesForm, escaped, hostedPage } from "./hosted-page";
import type { StripeSession } from "./stripe-desk";

const COLOUR = "#5433ff";
const WHOLE = new Set(["jpy", "krw", "vnd"]);
const shown = ({ amount, currency }: StripeSession): string =>
  `${WHOLE.has(currency) ? amount : toYuan(BigInt(amount))} ${escaped(currency.toUpperCase())}`;

/** Stripe's page of one session: where the buyer presses pay. */
export function sessionPage(session: StripeSession, status: "open" | "complete" | "expired"): string {
  const amount = `<p>${escaped(session.name)}</p><strong>${shown(session)}</strong>`;
  const back = backLink(session.successUrl);
  if (status === "complete") return hostedPage("Thank you 支付完成", amount + back, COLOUR);
  if (status === "expired") return hostedPage("This page has expired 页面已过期", amount + back, COLOUR);
  const choices = [
    { how: "pay", label: "Pay 付款" },
    { how: "twice", label: "Pay, told twice 付款，通知两次", isOther: true },
    { how: "silent", label: "Pay, never told 付款，但不通知", isOther: true },
    { how: "slow", label: "Pay by bank debit, days later 银行扣款，几天后到账", isOther: true },
  ];
  return hostedPage("Stripe (demo) 演示", amount + choicesForm(choices) + back, COLOUR);
}

export const plainPage = (title: string): string => hostedPage(title, "", COLOUR);

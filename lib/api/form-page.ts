import { createHash } from "node:crypto";
import { orderPath } from "@/lib/entry/order-access";
import type { PaymentView } from "@/lib/features/orders/place-command";
import type { OrderView } from "@/lib/features/orders/view";
import { isWebAddress } from "@/lib/features/payments/way-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { LANGUAGE_TAGS } from "@/lib/i18n/locale";
import { DOCS_STYLE } from "./docs-style";
import { escapeHtml } from "./escape-html";
import { type Reply, textReply } from "./http";

const STYLE = `${DOCS_STYLE}
main{max-width:480px;margin:auto;padding:48px 16px;text-align:center}
button{font:inherit;border:0;border-radius:8px;padding:12px 24px;background:var(--ink);color:var(--paper);cursor:pointer}`;
const SCRIPT = "document.forms[0].submit()";
const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page may send its one form to the gateway's own host and nowhere else, and runs one line of script: ours. */
const policyFor = (origin: string): string =>
  `default-src 'none'; style-src ${sourceOf(STYLE)}; script-src ${sourceOf(SCRIPT)}; base-uri 'none'; frame-ancestors 'none'; form-action ${origin}`;

/**
 * A page that posts a form to the gateway by itself, or at a press where there are no scripts; null for what is no form or leads
 * where nobody may be sent. It is of the shop's own making: a gateway gives names and values, never HTML.
 */
export function formPage(order: OrderView, { kind, url = "", fields = [] }: PaymentView): Reply | null {
  if (kind !== "form" || !isWebAddress(url)) return null;
  const { common, pay } = getMessages(order.locale).shop;
  const { origin, host } = new URL(url);
  const inputs = fields.map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const body = `<!doctype html><html lang="${LANGUAGE_TAGS[order.locale]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(pay.title)} · ${escapeHtml(common.brand)}</title><style>${STYLE}</style></head><body>
<main><h1>${escapeHtml(fill(pay.form.leaving, { host }))}</h1><form method="post" action="${escapeHtml(url)}">${inputs.join("")}<p><button>${escapeHtml(pay.form.go)}</button></p></form>
<p><a href="${orderPath(order.locale, order.id)}/pay">${escapeHtml(pay.form.back)}</a></p></main><script>${SCRIPT}</script></body></html>`;
  return textReply(200, body, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policyFor(origin),
    "Cache-Control": "no-store",
  });
}

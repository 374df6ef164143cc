import { createHash } from "node:crypto";
import { orderPath } from "@/lib/entry/order-access";
import type { OrderView } from "@/lib/features/orders/view";
import { errorSentence, getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { LANGUAGE_TAGS, type Locale } from "@/lib/i18n/locale";
import type { Secret } from "@/lib/kernel/secret";
import { renderMarkdown } from "@/lib/platform/markdown";
import { DOCS_STYLE } from "./docs-style";
import { escapeHtml } from "./escape-html";
import { type Reply, textReply } from "./http";
import { PROBLEMS, type ProblemCode } from "./problem";

const STYLE = `${DOCS_STYLE}
main{max-width:720px;margin:auto;padding:24px 16px 96px}ol{padding-left:24px}li{padding:8px 0;border-top:1px solid var(--line)}
li code{overflow-wrap:anywhere;white-space:pre-wrap;user-select:all;font-size:16px}`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
} as const;

function page({ locale, title, body }: { locale: Locale; title: string; body: string }): string {
  const { common } = getMessages(locale).shop;
  return `<!doctype html><html lang="${LANGUAGE_TAGS[locale]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)} · ${escapeHtml(common.brand)}</title><style>${STYLE}</style></head><body>
<header><a href="/${locale}">${escapeHtml(common.brand)}</a></header><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

interface Shown {
  readonly line: number;
  readonly text: Secret;
}

interface Replaced {
  readonly position: number;
  readonly text: Secret;
}

function lineSection(order: OrderView, index: number, secrets: readonly Shown[]): string {
  const line = order.lines[index];
  if (!line) return "";
  const isChinese = order.locale === "zh";
  const title = isChinese ? `${line.titleZh} ${line.variantTitleZh}` : `${line.titleEn} ${line.variantTitleEn}`;
  const note = isChinese ? line.usageNoteZh : line.usageNoteEn;
  const { receipt } = getMessages(order.locale).shop;
  const items = secrets.map(({ text }) => `<li><code>${escapeHtml(text.reveal())}</code></li>`);
  return `<section><h2>${escapeHtml(title)}</h2><p class="quiet">${escapeHtml(fill(receipt.cardCount, { count: secrets.length }))}</p>
<ol>${items.join("")}</ol>${note ? `<h3>${escapeHtml(receipt.usage)}</h3>${renderMarkdown(note)}` : ""}</section>`;
}

/** What was replaced, and where it stood: so that nobody uses it by mistake. */
function replacedSection(order: OrderView, replaced: readonly Replaced[]): string {
  if (replaced.length === 0) return "";
  const { receipt } = getMessages(order.locale).shop;
  const items = replaced.map(
    ({ position, text }) =>
      `<li>${escapeHtml(fill(receipt.replacedAt, { n: position }))} <del><code>${escapeHtml(text.reveal())}</code></del></li>`,
  );
  return `<section><h2>${escapeHtml(receipt.replacedTitle)}</h2><ul>${items.join("")}</ul></section>`;
}

/** The secrets as a page that works without scripts, loads nothing, and that no cache keeps. */
export function secretsPage(order: OrderView, secrets: readonly Shown[], replaced: readonly Replaced[]): Reply {
  const { receipt } = getMessages(order.locale).shop;
  const sections = order.lines.map((_, index) =>
    lineSection(
      order,
      index,
      secrets.filter(({ line }) => line === index + 1),
    ),
  );
  const back = `<p><a href="${orderPath(order.locale, order.id)}">${escapeHtml(order.number)}</a></p>`;
  const body = page({
    locale: order.locale,
    title: receipt.cards,
    body: back + sections.join("") + replacedSection(order, replaced),
  });
  return textReply(200, body, HEADERS);
}

/** A refusal as a page, in the order's language when there is an order to take it from. */
export function refusalPage(code: ProblemCode, order: OrderView | null): Reply {
  const locale: Locale = order?.locale ?? "zh";
  const back = order ? `<p><a href="${orderPath(locale, order.id)}">${escapeHtml(order.number)}</a></p>` : "";
  const { missing, receipt } = getMessages(locale).shop;
  const isMissing = code === "not_found";
  const body = page({
    locale,
    title: isMissing ? missing.orderTitle : receipt.cards,
    body: `<p>${escapeHtml(isMissing ? missing.orderText : errorSentence(code, locale))}</p>${back}`,
  });
  return textReply(PROBLEMS[code].status, body, HEADERS);
}

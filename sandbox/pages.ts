import { TYPES, wrongAmounts } from "./cashier";
import { paidFields, withQuery } from "./notifier";
import { shanghaiTime, signedQuery, toFen } from "./signing";
import { STYLE } from "./style";
import { NOTICE_MINUTES, type NoticeTry, type Trade } from "./trades";
import { type Language, type Problem, type Words, wordsOf } from "./words";

/** What a page needs to know of where it stands. */
export interface View {
  readonly language: Language;
  /** The page's own path, for the link to the other language. */
  readonly path: string;
  readonly shopOrigin: string | null;
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function page(view: View, body: string, { isWide = false } = {}): string {
  const words = wordsOf(view.language);
  const other: Language = view.language === "zh" ? "en" : "zh";
  return `<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${words.title}</title><style>${STYLE}</style></head><body>
<aside class="band">${words.banner}</aside><main${isWide ? ' class="wide"' : ""}>
<header><b><span class="seal" aria-hidden="true">演</span>${words.title}</b><a href="${escapeHtml(view.path)}?lang=${other}" lang="${wordsOf(other).lang}">${words.other_language}</a></header>
${body}<footer><p class="soft">${words.about}</p></footer></main></body></html>`;
}

const amount = (money: string): string => `<h1><small>¥</small>${escapeHtml(money)}</h1>`;

const facts = (trade: Trade, words: Words): string => `<dl>
<dt>${words.product}</dt><dd>${escapeHtml(trade.request.name)}</dd>
<dt>${words.order}</dt><dd class="number">${escapeHtml(trade.request.outTradeNo)}</dd>
<dt>${words.trade}</dt><dd class="number">${trade.tradeNo}</dd>
<dt>${words.created}</dt><dd class="number">${shanghaiTime(trade.createdAt)}</dd></dl>`;

/** Before payment: the one button that a real cashier has, and below it the accidents. */
export function unpaidPage(trade: Trade, view: View): string {
  const words = wordsOf(view.language);
  const note =
    trade.dueAt === null
      ? ""
      : `<p class="soft" role="status">${words.delayedUntil(shanghaiTime(trade.dueAt))} ${refreshLink(trade, view)}</p>`;
  return page(
    view,
    `<section><span class="state">${trade.dueAt === null ? words.states.unpaid : words.states.delayed}</span>${amount(trade.request.money)}${facts(trade, words)}${note}
<form id="pay" method="post" action="/cashier/${trade.tradeNo}/pay?lang=${view.language}">${typeChoice(trade, words)}
<button class="main" name="way" value="pay">${words.payAmount(escapeHtml(trade.request.money))}</button></form>
<a class="link" href="${escapeHtml(trade.request.returnUrl)}" rel="noreferrer">${words.cancel}</a></section>
<section><h2>${words.mishaps}</h2><p class="soft">${words.mishapsHint}</p>${mishaps(trade, words)}</section>`,
    { isWide: true },
  );
}

function typeChoice(trade: Trade, words: Words): string {
  if (trade.request.type !== "")
    return `<p class="soft">${words.method}: ${escapeHtml(words.methods[trade.request.type] ?? trade.request.type)}</p>`;
  const choice = (type: string, index: number): string =>
    `<label><input type="radio" name="type" value="${type}"${index === 0 ? " checked" : ""}>${words.methods[type]}</label>`;
  return `<fieldset><legend>${words.method}</legend><div class="choices">${TYPES.slice(0, 4).map(choice).join("")}</div></fieldset>`;
}

/** Every button belongs to the one form above, so the chosen method comes along, without any script. */
function mishaps(trade: Trade, words: Words): string {
  const { under, over } = wrongAmounts(trade.request);
  const button = (way: string, label: string, hint: string): string =>
    `<div class="mishap"><button form="pay" name="way" value="${way}">${escapeHtml(label)}</button><span class="soft">${hint}</span></div>`;
  const delays = Object.entries(words.delays)
    .map(([seconds, label]) => `<option value="${seconds}">${label}</option>`)
    .join("");
  return [
    button("twice", words.twice, words.twiceHint),
    `<div class="mishap"><div class="row"><label><span class="sr">${words.lateAfter}</span><select form="pay" name="seconds">${delays}</select></label>
<button form="pay" name="way" value="late">${words.late}</button></div><span class="soft">${words.lateHint}</span></div>`,
    under === null ? "" : button("under", words.under(under), words.underHint),
    button("over", words.over(over), words.overHint),
    button("silent", words.silent, words.silentHint),
  ].join("");
}

interface PaidView extends View {
  readonly pid: string;
  readonly key: string;
  readonly siblings: readonly Trade[];
}

/** After payment: the way back, and everything that was said between this server and the shop. */
export function paidPage(trade: Trade, view: PaidView): string {
  const words = wordsOf(view.language);
  const paid = trade.paid?.money ?? trade.request.money;
  const isWrong = toFen(paid) !== toFen(trade.request.money);
  const back = withQuery(trade.request.returnUrl, signedQuery(paidFields(trade, view.pid), view.key));
  const action = (name: string, label: string): string =>
    `<form method="post" action="/cashier/${trade.tradeNo}/${name}?lang=${view.language}"><button>${label}</button></form>`;
  const others = view.siblings.filter(({ tradeNo }) => tradeNo !== trade.tradeNo);
  return page(
    view,
    `<section><span class="state paid" role="status">✓ ${words.paidDone}</span>${amount(paid)}${isWrong ? `<p class="bad">${words.asked(escapeHtml(trade.request.money))}</p>` : ""}
<a class="button main" href="${escapeHtml(back)}" rel="noreferrer">${words.back}</a>${facts(trade, words)}</section>
<section><h2>${words.notices}</h2><p class="soft">${words.noticesHint}</p>${notices(trade, view)}
<div class="mishap">${action("notify", words.again)}</div><div class="mishap">${action("again", words.more)}</div>
${others.length === 0 ? "" : `<h2>${words.other}</h2>${tradeList(others, view)}`}</section>`,
    { isWide: true },
  );
}

/** A page that reloads itself takes the reader's place away; a link does not. */
const refreshLink = (trade: Trade, { language }: View): string =>
  `<a href="/cashier/${trade.tradeNo}?lang=${language}">${wordsOf(language).refresh}</a>`;

function notices(trade: Trade, view: View): string {
  const words = wordsOf(view.language);
  const tries = trade.tries.map((notice) => noticeItem(notice, words)).join("");
  if (trade.nextTryAt !== null) {
    const next = trade.nextTryAt <= Date.now() ? words.pending : words.next(shanghaiTime(trade.nextTryAt));
    return `<ol>${tries}</ol><p class="soft" role="status">${next} ${refreshLink(trade, view)}</p>`;
  }
  if (tries === "") return `<p role="status">${words.noNotice}</p>`;
  const isGivenUp = trade.tries.length >= NOTICE_MINUTES.length && !trade.tries.at(-1)?.isTaken;
  return `<ol>${tries}</ol>${isGivenUp ? `<p class="bad">${words.gaveUp}</p>` : ""}`;
}

function noticeItem({ at, url, status, answer, isTaken }: NoticeTry, words: Words): string {
  const verdict = isTaken ? words.taken : status === null ? words.nobody : words.refused;
  return `<li><b><span class="${isTaken ? "good" : "bad"}">${isTaken ? "✓" : "✗"} ${verdict}</span><time>${shanghaiTime(at).slice(11)}</time></b>
<span class="answer"><code>${status === null ? "—" : `HTTP ${status}`} ${escapeHtml(answer)}</code></span><details><summary>GET</summary><code>${escapeHtml(url)}</code></details></li>`;
}

const tradeList = (trades: readonly Trade[], { language }: View): string =>
  `<div class="list">${trades
    .map((trade) => {
      const { states } = wordsOf(language);
      const state = trade.paid ? states.paid : trade.dueAt === null ? states.unpaid : states.delayed;
      return `<a href="/cashier/${trade.tradeNo}?lang=${language}"><code>${trade.tradeNo}</code><span>¥${trade.paid?.money ?? trade.request.money} · ${state}</span></a>`;
    })
    .join("")}</div>`;

export function indexPage(trades: readonly Trade[], view: View): string {
  const words = wordsOf(view.language);
  const shop =
    view.shopOrigin === null ? "" : `<a class="button main" href="${escapeHtml(view.shopOrigin)}">${words.shop}</a>`;
  return page(
    view,
    `<section><h1 class="title">${words.recent}</h1>${trades.length === 0 ? `<p>${words.none}</p>` : tradeList(trades, view)}${shop}</section>`,
  );
}

/** A refusal, and the trade it is about when there is one to look at. */
export function errorPage(problem: Problem, view: View, trade?: Trade): string {
  const words = wordsOf(view.language);
  const more = trade ? tradeList([trade], view) : "";
  return page(
    view,
    `<section><h1 class="title">${words.errorTitle}</h1><p class="bad" role="alert">${words.errors[problem]}</p>${more}</section>`,
  );
}

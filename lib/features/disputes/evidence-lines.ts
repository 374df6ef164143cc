import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { FairnessCount } from "./counters";
import type { Evidence } from "./evidence";
import { shareOf } from "./rules";

/** What is known: a name, and a few lines. */
export type EvidenceLine = readonly [name: string, lines: readonly string[]];

/** How often somebody reported or was reported, and how it came out. */
export const fairnessLine = (count: FairnessCount, locale: Locale): string =>
  fill(getMessages(locale).disputes.evidence.fairness, { ...count });

/** The snapshot as lines of text, for the page and for the file alike; what is not on record says so. */
export function evidenceLines(evidence: Evidence, locale: Locale): EvidenceLine[] {
  const t = getMessages(locale).disputes.evidence;
  return [
    [t.order, [orderLine(evidence, locale)]],
    [t.payment, paymentLines(evidence, locale)],
    [t.card, evidence.cards.map((card) => fill(t.cardOf, cardFacts(card, t.none)))],
    ...revealLines(evidence, locale),
    [t.reporter, [...traceLines(evidence.report, locale), sameLine(evidence, locale)]],
    ...(evidence.vault ? [[t.vault, [fill(t.vaultOf, evidence.vault)]] as const] : []),
    ...(evidence.batch ? [[t.batch, [batchLine(evidence.batch, locale)]] as const] : []),
    [t.neighbours, [neighboursLine(evidence, locale)]],
    [t.warranty, [warrantyLine(evidence, locale)]],
    [t.buyerThen, [fairnessLine(evidence.buyer, locale)]],
    [t.merchantThen, [fairnessLine(evidence.merchant, locale)]],
  ];
}

const cardFacts = ({ tail, print, batch, sku, position }: Evidence["cards"][number], none: string) => ({
  tail,
  print: print ?? none,
  batch,
  sku,
  n: position,
});

function orderLine({ order }: Evidence, locale: Locale): string {
  const t = getMessages(locale).disputes.evidence;
  const stamp = (at: string | null) => (at ? formatStamp(new Date(at), locale) : t.never);
  return fill(t.orderOf, {
    number: order.number,
    quantity: order.quantity,
    total: formatMinor(order.totalMinor, order.currency, locale),
    placed: stamp(order.placedAt),
    paid: stamp(order.paidAt),
    delivered: stamp(order.deliveredAt),
  });
}

function paymentLines({ payments }: Evidence, locale: Locale): string[] {
  const t = getMessages(locale).disputes.evidence;
  if (payments.length === 0) return [t.none];
  return payments.map(({ account, amountMinor, currency, tradeNumber, ourNumber, receivedAt }) => {
    const amount = formatMinor(amountMinor, currency, locale);
    const facts = { account, amount, trade: tradeNumber, ours: ourNumber ?? t.none };
    return `${fill(t.paymentOf, facts)} · ${formatStamp(new Date(receivedAt), locale)}`;
  });
}

/** The address and the device as they were recorded; nothing is made up for what was not. */
function traceLines({ network, device }: Evidence["report"], locale: Locale): string[] {
  const t = getMessages(locale).disputes.evidence;
  return [
    network ? fill(t.network, { code: network }) : t.networkNone,
    device ? fill(t.device, { device }) : t.deviceNone,
  ];
}

function revealLines({ reveals }: Evidence, locale: Locale): EvidenceLine[] {
  const { evidence: t, by } = getMessages(locale).disputes;
  const { first, last, count, networks } = reveals;
  if (!first) return [[t.firstReveal, [t.neverRevealed]]];
  const named = (party: string) => (Object.hasOwn(by, party) ? by[party as keyof typeof by] : party);
  const lines = (one: NonNullable<typeof first>) => [
    `${formatStamp(new Date(one.at), locale)} · ${named(one.by)}`,
    ...traceLines(one, locale),
  ];
  return [
    [t.firstReveal, lines(first)],
    ...(last ? [[t.lastReveal, lines(last)] as const] : []),
    [t.reveals, [fill(t.revealsOf, { count, networks })]],
  ];
}

function sameLine({ report, reveals }: Evidence, locale: Locale): string {
  const t = getMessages(locale).disputes.evidence;
  if (!report.network || !reveals.first?.network) return t.unknownSame;
  return report.network === reveals.first.network ? t.same : t.other;
}

function batchLine(batch: NonNullable<Evidence["batch"]>, locale: Locale): string {
  const bad = batch.replaced + batch.refunded;
  const rate = shareOf(bad, Math.max(1, batch.sold));
  return fill(getMessages(locale).disputes.evidence.batchOf, { ...batch, rate });
}

function neighboursLine({ neighbours: { batch, order } }: Evidence, locale: Locale): string {
  const t = getMessages(locale).disputes.evidence;
  return batch ? fill(t.neighboursOf, { ...batch, order }) : fill(t.neighboursOrder, { order });
}

function warrantyLine({ warranty: { hours, isOver, replaced } }: Evidence, locale: Locale): string {
  const t = getMessages(locale).disputes.evidence;
  return hours === null ? t.warrantyNone : fill(isOver ? t.warrantyOver : t.warrantyIn, { hours, replaced });
}

import type { TimelineRow } from "@/lib/features/merchants/order-timeline";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { wordOf } from "./state-badges";

/** What happened, in a sentence. */
export function tell({ kind, facts }: TimelineRow, locale: Locale): string {
  const { order: t, labels } = getMessages(locale).merchant;
  const text = (name: string) => String(facts[name] ?? "");
  switch (kind) {
    case "placed":
      return "";
    case "changed":
      return tellChange(facts, locale);
    case "ledger":
      return fill(t.ledger, { entry: text("entry"), kind: wordOf(t.entries, text("entryKind")), cards: text("cards") });
    case "mail":
      return fill(t.mail, {
        kind: wordOf(t.mails, text("mailKind")),
        status: wordOf(t.mailStatus, text("mailStatus")),
      });
    case "reveal":
      return fill(t.reveal, { by: wordOf(labels.role, text("by")), cards: text("cards") });
    default:
      return tellMoney(kind, facts, locale);
  }
}

type MoneyKind = Exclude<TimelineRow["kind"], "placed" | "changed" | "ledger" | "mail" | "reveal">;

function tellMoney(kind: MoneyKind, facts: TimelineRow["facts"], locale: Locale): string {
  const { merchant, money } = getMessages(locale);
  const t = merchant.order;
  const text = (name: string) => String(facts[name] ?? "");
  const amount = facts.amountMinor ? formatMinor(text("amountMinor"), text("currency"), locale) : "—";
  const verdict = wordOf(t.verdicts, text("verdict") || "unjudged");
  const source = wordOf(t.sources, text("source"));
  const values = { account: text("account"), short: text("short"), amount, verdict, source };
  switch (kind) {
    case "attempt":
      return fill(t.attempt, { ...values, queries: text("queries") });
    case "opening":
      return fill(t.opening, { ...values, shown: wordOf(t.shown, text("shown")) });
    case "event":
      return fill(t.event, values);
    case "payment":
      return fill(t.payment, values);
    case "refund_asked": {
      const who = text("who") || (facts.by === "system" ? money.order.bySystem : money.order.byAdmin);
      const said = fill(t.refundAsked, { ...values, who, method: wordOf(money.order.methods, text("method")) });
      return facts.reference ? `${said} · ${fill(t.refundReference, { reference: text("reference") })}` : said;
    }
    case "refund_told":
      return fill(t.refundTold, { ...values, state: wordOf(money.order.statuses, text("state")) });
    case "refund_over": {
      const said = fill(t.refundOver, { ...values, status: wordOf(money.order.statuses, text("status")) });
      return facts.failure ? `${said} · ${text("failure")}` : said;
    }
    case "dispute":
      return fill(t.dispute, { ...values, state: wordOf(t.disputeStates, text("state")) });
  }
}

function tellChange(facts: TimelineRow["facts"], locale: Locale): string {
  const { order: t, labels } = getMessages(locale).merchant;
  const status = (name: string) => wordOf(labels.status, String(facts[name]));
  const exception = (name: string) => wordOf(labels.exception, String(facts[name]));
  const parts: string[] = [];
  if (facts.fromStatus !== facts.toStatus) {
    parts.push(fill(t.changed, { from: status("fromStatus"), to: status("toStatus") }));
  }
  if (facts.fromException !== facts.toException) {
    parts.push(fill(t.exceptionChanged, { from: exception("fromException"), to: exception("toException") }));
  }
  return fill(t.because, { what: parts.join(" · "), reason: wordOf(t.reasons, String(facts.reason)) });
}

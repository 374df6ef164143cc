import type { TimelineRow } from "@/lib/features/merchants/order-page";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { wordOf } from "./state-badges";

/** Everything that happened to an order, the oldest first; seconds included, because seconds are what one argues about. */
export function Timeline({ rows, locale }: Readonly<{ rows: readonly TimelineRow[]; locale: Locale }>) {
  const { kinds } = getMessages(locale).merchant.order;
  return (
    <ol className="border-l">
      {rows.map((row, position) => (
        <li
          key={position}
          className="relative grid gap-x-4 py-1.5 pl-4 text-sm sm:grid-cols-[10.5rem_6.5rem_minmax(0,1fr)]"
        >
          <span aria-hidden="true" className="absolute top-3.5 -left-[3px] size-[5px] rounded-full bg-edge" />
          <time dateTime={row.at.toISOString()} className="figures text-faint" title={row.at.toISOString()}>
            {formatStamp(row.at, locale)}
            <span className="text-xs">:{String(row.at.getSeconds()).padStart(2, "0")}</span>
          </time>
          <span className="font-medium">{kinds[row.kind]}</span>
          <span className="figures min-w-0 text-soft">{tell(row, locale)}</span>
        </li>
      ))}
    </ol>
  );
}

function tell({ kind, facts }: TimelineRow, locale: Locale): string {
  const { order: t, labels } = getMessages(locale).merchant;
  const text = (name: string) => String(facts[name] ?? "");
  const amount = () => formatMinor(text("amountMinor"), text("currency"), locale);
  switch (kind) {
    case "placed":
      return "";
    case "changed":
      return tellChange(facts, locale);
    case "attempt":
      return fill(t.attempt, { account: text("account"), amount: amount(), number: text("outTradeNo") });
    case "event": {
      const verdict = wordOf(t.verdicts, text("verdict") || "unjudged");
      const source = wordOf(t.sources, text("source"));
      return fill(t.event, { account: text("account"), source, amount: amount(), number: text("tradeNo"), verdict });
    }
    case "ledger":
      return fill(t.ledger, { entry: text("entry"), kind: wordOf(t.entries, text("entryKind")), cards: text("cards") });
    case "mail":
      return fill(t.mail, {
        kind: wordOf(t.mails, text("mailKind")),
        status: wordOf(t.mailStatus, text("mailStatus")),
      });
    case "reveal":
      return fill(t.reveal, { by: wordOf(labels.role, text("by")), cards: text("cards") });
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

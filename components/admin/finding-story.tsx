import { wordOf } from "@/components/merchant/state-badges";
import { OpenedRow, TimelineEntry } from "@/components/merchant/timeline";
import { tell } from "@/components/merchant/timeline-words";
import type { StoryRow } from "@/lib/features/reconciliation/finding-story";
import type { FindingStoryRow } from "@/lib/flows/read-finding-page";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { detailText, resolutionOf } from "./finding-words";

interface StoryProps {
  readonly locale: Locale;
  readonly story: readonly FindingStoryRow[];
}

/** Everything about a finding, the oldest first, whoever tells it: seconds included, because seconds are what one argues about. */
export function FindingStory({ locale, story }: StoryProps) {
  const { merchant, findings } = getMessages(locale);
  if (story.length === 0) return <p className="text-sm text-soft">{findings.page.emptyStory}</p>;
  return (
    <ol className="border-l">
      {story.map(({ of, row }, position) => (
        <TimelineEntry
          key={position}
          at={row.at}
          kind={of === "order" ? merchant.order.kinds[row.kind] : findings.story.kinds[row.kind]}
          locale={locale}
        >
          {of === "order" ? tell(row, locale) : <span className="wrap-anywhere">{tellStory(row, locale)}</span>}
          <OpenedRow
            row={of === "order" ? row : { number: row.number, fields: row.fields ?? undefined }}
            locale={locale}
          />
        </TimelineEntry>
      ))}
    </ol>
  );
}

/** What happened, in a sentence. A person's words are put in as text. */
function tellStory({ kind, facts }: StoryRow, locale: Locale): string {
  const { merchant, findings, life } = getMessages(locale);
  const t = findings.story;
  const text = (name: string) => String(facts[name] ?? "");
  const amount = facts.amountMinor ? formatMinor(text("amountMinor"), text("currency"), locale) : "—";
  switch (kind) {
    case "notice": {
      const verdict = wordOf(merchant.order.verdicts, text("verdict") || "unjudged");
      const source = wordOf(merchant.order.sources, text("source"));
      return fill(t.notice, { account: text("account"), source, amount, verdict });
    }
    case "statement":
      return fill(t.statement, {
        account: text("account"),
        kind: wordOf(t.statementKinds, text("rowKind")),
        amount,
        status: text("status"),
        line: text("line"),
      });
    case "card":
      return fill(t.card, {
        sku: text("sku"),
        batch: text("batch"),
        tail: text("tail"),
        status: wordOf(merchant.labels.card, text("status")),
      });
    case "outbox":
      return fill(t.outbox, { event: text("event"), state: facts.isDrained ? t.drained : t.waiting });
    case "replacement":
      return fill(t.replacement, {
        position: text("position"),
        reason: wordOf(life.replace.reasons, text("reason")),
        status: wordOf(life.replace.states, text("status")),
      });
    case "audit":
      return `${fill(t.audit, { who: text("who"), action: text("action") })} · ${detailText(JSON.parse(text("detail")))}`;
    case "finding":
      return tellFinding(facts, locale);
  }
}

function tellFinding(facts: StoryRow["facts"], locale: Locale): string {
  const { findings } = getMessages(locale);
  const t = findings.story;
  const what = String(facts.what ?? "");
  const isLeft = what === "assigned" && !facts.to;
  const values = {
    who: String(facts.who ?? t.system),
    to: String(facts.to ?? ""),
    note: String(facts.note ?? ""),
    how: [resolutionOf(String(facts.resolution ?? ""), locale), facts.note].filter(Boolean).join(" · "),
    remedy: wordOf(findings.remedies.names, String(facts.remedy ?? "")),
    outcome: wordOf(findings.remedies.outcomes, String(facts.outcome ?? "")),
  };
  return fill(wordOf(t.finding, isLeft ? "left" : what), values);
}

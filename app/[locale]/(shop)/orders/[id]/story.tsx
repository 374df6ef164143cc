import { Card } from "@/components/ui/card";
import type { StoryRow } from "@/lib/features/orders/story";
import type { Headline } from "@/lib/features/orders/tell-order";
import type { OrderView } from "@/lib/features/orders/view";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface StoryProps {
  order: OrderView;
  rows: readonly StoryRow[];
  headline: Headline;
  locale: Locale;
}

/** What happened to the order and its money, the oldest first, and what is being waited for. */
export function Story({ order, rows, headline, locale }: Readonly<StoryProps>) {
  const t = getMessages(locale).shop.order.story;
  const now = (t.now as Partial<Record<Headline, string>>)[headline];
  return (
    <Card className="space-y-3 print:hidden">
      <h2 className="font-semibold">{t.title}</h2>
      <ol className="border-l">
        {rows.map((row, position) => (
          <li key={position} className="relative py-1.5 pl-4">
            <Dot />
            <p>{sentenceOf(row, locale)}</p>
            <time dateTime={row.at.toISOString()} className="figures text-sm text-faint">
              {formatStamp(row.at, locale)}
            </time>
          </li>
        ))}
        {now ? (
          <li className="relative py-1.5 pl-4 font-medium">
            <Dot isNow />
            {fill(now, { deadline: formatDate(order.deadlineAt, locale), due: dueOf(order, locale) })}
          </li>
        ) : null}
      </ol>
    </Card>
  );
}

const dueOf = ({ promisedBy }: OrderView, locale: Locale): string => (promisedBy ? formatDate(promisedBy, locale) : "");

function Dot({ isNow }: Readonly<{ isNow?: boolean }>) {
  return (
    <span
      aria-hidden="true"
      className={`absolute top-4 -left-[3px] size-[5px] rounded-full ${isNow ? "bg-seal" : "bg-edge"}`}
    />
  );
}

function sentenceOf({ kind, verdict, method, ...row }: StoryRow, locale: Locale): string {
  const t = getMessages(locale).shop.order.story;
  const way = (locale === "zh" ? row.titleZh : row.titleEn) ?? t.someWay;
  const amount =
    row.amountMinor !== null && row.currency !== null
      ? formatMinor(row.amountMinor.toString(), row.currency, locale)
      : "";
  const say = (sentence: string) => fill(sentence, { amount, way });
  switch (kind) {
    case "paid": {
      const what = say(t.paid[verdict ?? "settled"]);
      return row.isLate ? fill(t.late, { what }) : what;
    }
    case "refund_done":
      return say(t.refund_done[method ?? "source"]);
    default:
      return say(t[kind]);
  }
}

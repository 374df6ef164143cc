import { Notice } from "@/components/ui/notice";
import type { OrderStory } from "@/lib/features/orders/story";
import { sumOf, type Telling } from "@/lib/features/orders/tell-order";
import type { OrderView } from "@/lib/features/orders/view";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Stamp } from "./stamp";

interface HeadingProps {
  order: OrderView;
  story: OrderStory;
  telling: Telling;
  locale: Locale;
}

/** Where the goods and the money stand, and everything else that is so beside it. */
export function Heading({ order, story, telling, locale }: Readonly<HeadingProps>) {
  const t = getMessages(locale).shop.order;
  const written = (minor: bigint) => formatMinor(minor.toString(), order.currency, locale);
  const due = order.promisedBy ? formatDate(order.promisedBy, locale) : "";
  const amounts = { total: written(order.totalMinor), paid: written(order.paidMinor), due };
  const main = t.states[telling.headline];
  // What came in another currency is told below, where its own amount stands.
  const money = story.money.filter(({ currency }) => currency === order.currency);
  return (
    <header className="space-y-4">
      <div className="flex items-start justify-between gap-4">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{main.title}</h1>
          <p className="mt-1 max-w-prose text-soft">{fill(main.text, amounts)}</p>
        </div>
        {telling.headline === "delivered" ? <Stamp label={t.stamp} /> : null}
      </div>
      {telling.asides.map((aside) => (
        <Notice key={aside} tone={aside === "paid_late" ? "plain" : "seal"} title={t.asides[aside].title}>
          {fill(t.asides[aside].text, { ...amounts, amount: written(sumOf(aside, money)) })}
        </Notice>
      ))}
    </header>
  );
}

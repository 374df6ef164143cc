import { findWarranties, type PromisedWarranty } from "@/lib/features/replacements/queries";
import { warrantyEnd } from "@/lib/features/replacements/rules";
import { getMessages } from "@/lib/i18n";
import { fill, formatDate } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

/** Until when the shop replaces a bad card of this order, and how many; nothing where nothing was promised. */
export async function Warranty({ orderId, locale }: Readonly<{ orderId: string; locale: Locale }>) {
  const promised = await findWarranties(getDeps(), orderId);
  const t = getMessages(locale).shop.receipt;
  if (promised.length === 0) return null;
  return (
    <section className="border-t pt-4">
      <h2 className="mb-1 font-semibold">{t.warrantyTitle}</h2>
      <ul className="space-y-1 text-soft">
        {promised.map((line) => (
          <li key={line.titleEn}>
            {promised.length > 1 ? <span className="block text-sm text-faint">{titleOf(line, locale)}</span> : null}
            {sentenceOf(line, locale)}
          </li>
        ))}
      </ul>
    </section>
  );
}

const titleOf = ({ titleZh, titleEn }: PromisedWarranty, locale: Locale): string =>
  locale === "zh" ? titleZh : titleEn;

function sentenceOf({ hours, deliveredAt, isOver, countMax, used }: PromisedWarranty, locale: Locale): string {
  const t = getMessages(locale).shop.receipt;
  const end = formatDate(warrantyEnd(hours, deliveredAt) ?? deliveredAt, locale);
  if (isOver) return fill(t.warrantyOver, { end });
  const said = fill(t.warranty, { end, count: countMax });
  return used > 0 ? `${said} ${fill(t.warrantyUsed, { used })}` : said;
}

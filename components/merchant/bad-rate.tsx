import clsx from "clsx";
import type { BatchQuality } from "@/lib/features/replacements/quality";
import { badPerMille } from "@/lib/features/replacements/rules";
import { getMessages } from "@/lib/i18n";
import { formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Facts, Part } from "./page-head";

/** From so many bad ones in a thousand on, the figure is not a matter of course any more. */
const REMARKABLE_PER_MILLE = 50;

const percent = (perMille: number): string => `${Math.floor(perMille / 10)}.${perMille % 10}%`;

/** The share of a batch's sold cards that came back; a dash where none did. */
export function BadRate({ quality, locale }: Readonly<{ quality: BatchQuality | undefined; locale: Locale }>) {
  const rate = quality ? badPerMille(quality.replaced + quality.refunded, quality.sold) : null;
  if (rate === null) return getMessages(locale).life.quality.none;
  return <span className={clsx(rate >= REMARKABLE_PER_MILLE && "font-semibold text-cinnabar")}>{percent(rate)}</span>;
}

/** The same with the figures that it is made of. */
export function Quality({
  quality,
  sold,
  locale,
}: Readonly<{ quality: BatchQuality | undefined; sold: number; locale: Locale }>) {
  const t = getMessages(locale).life.quality;
  if (!quality && sold === 0) return null;
  const count = (n: number) => formatCount(n, locale);
  return (
    <Part title={t.title} note={t.note}>
      <Facts
        facts={[
          [t.badRate, quality ? <BadRate key="rate" quality={quality} locale={locale} /> : percent(0)],
          [t.delivered, count(quality?.sold ?? sold)],
          [t.replaced, count(quality?.replaced ?? 0)],
          [t.refunded, count(quality?.refunded ?? 0)],
        ]}
      />
    </Part>
  );
}

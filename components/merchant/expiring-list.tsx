import Link from "next/link";
import { type ExpiringRow, listExpiring } from "@/lib/features/inventory/expiry";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatDate } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { inLocale, type ViewProps } from "./view";

/** Cards that expire within days, for the front page: nothing where there are none. */
export async function ExpiringSoon({ locale, viewer, base }: ViewProps) {
  const rows = await listExpiring(getDeps(), viewer);
  if (rows.length === 0) return null;
  const t = getMessages(locale).life.stock;
  return (
    <Part title={fill(t.expiring, { days: limits.expiringDays })} note={t.expiringNote}>
      <ExpiringList rows={rows} locale={locale} base={base} />
    </Part>
  );
}

interface ExpiringListProps {
  rows: readonly ExpiringRow[];
  locale: Locale;
  base: string;
}

/** By variant: how many, and when the first of them does; leads to its batches. */
export function ExpiringList({ rows, locale, base }: Readonly<ExpiringListProps>) {
  const t = getMessages(locale).life.stock;
  if (rows.length === 0) return <p className="text-sm text-soft">{t.expiringNone}</p>;
  return (
    <ul className="border-t">
      {rows.map((row) => (
        <li key={row.variantId} className="flex items-center justify-between gap-3 border-b py-2 text-sm">
          <Link
            href={`${base}/batches?variant=${toPublicId("variant", row.variantId)}`}
            prefetch={false}
            className="min-w-0 hover:underline"
          >
            {inLocale(locale, row.titleZh, row.titleEn)}
            <span className="block text-xs text-faint">{row.sku}</span>
          </Link>
          <span className="figures shrink-0 text-right">
            {fill(t.expiringCards, { count: formatCount(row.cards, locale), date: formatDate(row.soonest, locale) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

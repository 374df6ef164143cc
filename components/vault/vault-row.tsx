"use client";

import { memo } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { shortCard, type VaultItem } from "@/lib/features/vault/item";
import type { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

const TONES: Readonly<Record<string, BadgeTone>> = {
  draft: "plain",
  available: "strong",
  quarantined: "seal",
  reserved: "seal",
  delivered: "muted",
  withdrawn: "muted",
};

interface VaultRowViewProps {
  item: VaultItem;
  index: number;
  locale: Locale;
  base: string;
  isAdmin: boolean;
  isPicked: boolean;
  stateWord: string;
  pick: (id: string, isPicked: boolean) => void;
  t: ReturnType<typeof getMessages>["vault"];
}

const CELL = "h-11 max-w-56 truncate border-b pr-4";
const LINK = "underline decoration-line underline-offset-4 hover:decoration-ink";

/** What everybody may read of the card, and what it costs extra; dots where that is nothing. */
function Public({
  item: { preview, extraMinor, currency },
  locale,
}: Readonly<Pick<VaultRowViewProps, "item" | "locale">>) {
  if (preview === null) {
    return (
      <span aria-hidden="true" className="tracking-widest">
        ••••••
      </span>
    );
  }
  return (
    <span title={preview}>
      <span className="text-ink">{preview}</span>
      {extraMinor === "0" ? null : ` +${formatMinor(extraMinor, currency, locale)}`}{" "}
    </span>
  );
}

/** One card. Plain links: of thousands of rows none is fetched ahead. */
export const VaultRowView = memo(function VaultRowView(props: Readonly<VaultRowViewProps>) {
  const { item, index, locale, base, isAdmin, isPicked, stateWord, pick, t } = props;
  const title = locale === "zh" ? item.titleZh : item.titleEn;
  return (
    <tr aria-rowindex={index} className="hover:bg-sunken">
      <td className="h-11 border-b pr-3 nojs:hidden">
        <input
          type="checkbox"
          aria-label={fill(t.pickOne, { card: shortCard(item.id) })}
          checked={isPicked}
          onChange={(event) => pick(item.id, event.target.checked)}
          className="size-4 align-middle"
        />
      </td>
      <td className={CELL}>
        <a href={`${base}/vault/${item.id}`} className={`figures font-medium ${LINK}`}>
          {shortCard(item.id)}
        </a>
      </td>
      <td className={`${CELL} text-faint`}>
        <Public item={item} locale={locale} />
        <span className="sr-only">{t.masked}</span>
      </td>
      <td className={CELL}>
        <Badge tone={TONES[item.state] ?? "plain"}>{stateWord}</Badge>
      </td>
      <td className={CELL} title={title}>
        {title}
      </td>
      <td className={`${CELL} figures`}>
        <a href={`${base}/batches/${item.batch}`} className={LINK}>
          {item.batchNumber}
        </a>
      </td>
      <td className={`${CELL} figures`}>
        {item.order ? (
          <a href={`${base}/orders/${item.order}`} className={LINK}>
            {item.orderNumber}
          </a>
        ) : (
          <span className="text-faint">—</span>
        )}
      </td>
      <td className={`${CELL} figures text-soft`}>
        {item.expiresAtMs === null ? "—" : formatStamp(new Date(item.expiresAtMs), locale)}
      </td>
      <td className={`${CELL} text-soft`}>{locale === "zh" ? item.poolZh : item.poolEn}</td>
      {isAdmin ? <td className={`${CELL} text-soft`}>{item.merchant}</td> : null}
    </tr>
  );
});

import { SubmitButton } from "@/components/form/submit-button";
import { Notice } from "@/components/ui/notice";
import type { OfferedWay } from "@/lib/flows/list-ways-to-pay";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { startPaymentAction } from "./actions";

interface OtherWaysProps {
  ways: readonly OfferedWay[];
  current: string | undefined;
  id: string;
  locale: Locale;
}

const titleOf = ({ titleZh, titleEn }: OfferedWay, locale: Locale): string => (locale === "zh" ? titleZh : titleEn);

/** Everything else that would take this order's money. */
export function OtherWays({ ways, current, id, locale }: Readonly<OtherWaysProps>) {
  const t = getMessages(locale).shop.pay;
  const others = ways.filter(({ accountIds }) => current === undefined || !accountIds.includes(current));
  if (others.length === 0) return null;
  return (
    <form action={startPaymentAction} className="flex flex-wrap items-center justify-center gap-2">
      <input type="hidden" name="orderId" value={id} />
      <input type="hidden" name="locale" value={locale} />
      <span className="w-full text-center text-sm text-faint">{t.otherWays}</span>
      {others.map((way) => (
        <SubmitButton key={way.accountId} name="gateway" value={way.accountId} size="sm" pendingLabel={t.switching}>
          {titleOf(way, locale)}
        </SubmitButton>
      ))}
    </form>
  );
}

interface NotStartedProps {
  /** What the address says; whoever wrote it. */
  code: unknown;
  via: unknown;
  ways: readonly OfferedWay[];
  locale: Locale;
}

/** Why the way that was chosen is not the one that is shown. */
export function NotStarted({ code, via, ways, locale }: Readonly<NotStartedProps>) {
  const { failed } = getMessages(locale).shop.pay;
  if (code !== "gateway_unavailable" && code !== "too_many_attempts") return null;
  const way = ways.find(({ accountIds }) => (accountIds as readonly unknown[]).includes(via));
  return (
    <Notice tone="seal" role="alert" title={fill(failed[code].title, { way: way ? titleOf(way, locale) : "?" })}>
      {failed[code].text}
    </Notice>
  );
}

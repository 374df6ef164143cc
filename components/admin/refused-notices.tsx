import type { AccountSettingsView } from "@/lib/features/payments/account-settings";
import { getMessages } from "@/lib/i18n";
import { fill, formatAgo, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface RefusedNoticesProps {
  locale: Locale;
  notices: AccountSettingsView["refusedNotices"];
  /** Unix milliseconds. */
  now: number;
}

/** Notices that came to this account's door and were not taken, the latest first: why, how many, and what to do. */
export function RefusedNotices({ locale, notices, now }: Readonly<RefusedNoticesProps>) {
  const t = getMessages(locale).admin.gateways.refusedNotices;
  if (notices.length === 0) return <p className="text-sm text-faint">{t.none}</p>;
  return (
    <ul className="space-y-2 text-sm">
      {notices.map(({ refusal, count, lastAt }) => (
        <li key={refusal}>
          <p>
            {Object.hasOwn(t.refusals, refusal) ? t.refusals[refusal as keyof typeof t.refusals] : refusal}{" "}
            <code className="text-faint">{refusal}</code>
          </p>
          <p className="text-faint">
            {fill(t.count, { count: formatCount(count, locale), ago: formatAgo(lastAt, now, locale) })}
          </p>
        </li>
      ))}
    </ul>
  );
}

import type { AccountHealth } from "@/lib/features/payments/account-settings";
import { getMessages } from "@/lib/i18n";
import { fill, formatAgo, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface GatewayHealthProps {
  locale: Locale;
  health: AccountHealth;
  /** Unix milliseconds. */
  now: number;
}

/** How an account has been answering, the latest first, in words. */
export function GatewayHealth({ locale, health, now }: Readonly<GatewayHealthProps>) {
  const t = getMessages(locale).admin.gateways.health;
  const { answered, refused, silent, restsUntil } = health;
  if (answered + refused + silent === 0) return <p className="text-sm text-faint">{t.never}</p>;
  const reason = reasonOf(health.reason, t.reasons);
  const lines = (["answered", "refused", "silent"] as const)
    .map((outcome) => ({ outcome, at: health[`${outcome}At`] }))
    .filter((line): line is { outcome: typeof line.outcome; at: Date } => line.at !== null)
    .sort((one, other) => other.at.getTime() - one.at.getTime());
  const counts = {
    answered: formatCount(answered, locale),
    refused: formatCount(refused, locale),
    silent: formatCount(silent, locale),
  };
  return (
    <div className="space-y-1 text-sm">
      {restsUntil && restsUntil.getTime() > now ? (
        <p className="text-cinnabar">{fill(t.resting, { at: formatStamp(restsUntil, locale) })}</p>
      ) : null}
      {lines.map(({ outcome, at }) => (
        <p key={outcome} className={outcome === "answered" ? "" : "text-soft"}>
          {fill(t[outcome], { ago: formatAgo(at, now, locale), reason })}
        </p>
      ))}
      <p className="text-faint">{fill(t.counts, counts)}</p>
    </div>
  );
}

/** A reason of ours in words; a gateway's own code as it is. */
function reasonOf(reason: string | null, words: Readonly<Record<string, string>>): string {
  if (!reason) return "—";
  return Object.hasOwn(words, reason) ? (words[reason] ?? reason) : reason;
}

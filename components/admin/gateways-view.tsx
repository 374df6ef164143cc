import Link from "next/link";
import { PageHead } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { type AccountSettingsView, listAccountSettings } from "@/lib/features/payments/account-settings";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { GatewayHealth } from "./gateway-health";

/** The accounts that money comes in by, whose they are, what they take and how they answer. */
export async function GatewaysView({ locale, viewer }: Readonly<{ locale: Locale; viewer: Viewer }>) {
  const t = getMessages(locale).admin.gateways;
  const deps = getDeps();
  const accounts = await listAccountSettings(deps, viewer);
  const now = deps.clock.now();
  const add = (
    <Link href={`/${locale}/admin/gateways/new`} className={buttonClass({ variant: "ink" })}>
      {t.add}
    </Link>
  );
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        {accounts.length > 0 ? add : null}
      </PageHead>
      {accounts.length === 0 ? (
        <EmptyState title={t.emptyTitle} text={t.emptyText}>
          {add}
        </EmptyState>
      ) : null}
      <ul className="space-y-3">
        {accounts.map((account) => (
          <li key={account.id}>
            <Card>
              <AccountHead locale={locale} account={account} now={now} />
              <AccountFacts locale={locale} account={account} />
              <GatewayHealth locale={locale} health={account.health} now={now} />
            </Card>
          </li>
        ))}
      </ul>
    </>
  );
}

interface AccountProps {
  locale: Locale;
  account: AccountSettingsView;
}

function AccountHead({ locale, account, now }: Readonly<AccountProps & { now: number }>) {
  const t = getMessages(locale).admin.gateways;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <h2 className="flex flex-wrap items-center gap-2 font-semibold">
          {locale === "zh" ? account.titleZh : account.titleEn}
          <AccountBadges locale={locale} account={account} now={now} />
        </h2>
        <p className="secret-text text-sm text-faint">{account.id}</p>
      </div>
      <Link
        href={`/${locale}/admin/gateways/${account.id}`}
        prefetch={false}
        className={buttonClass({ size: "sm" })}
        aria-label={`${t.settings} ${account.id}`}
      >
        {t.settings}
      </Link>
    </div>
  );
}

export function AccountBadges({ locale, account, now }: Readonly<AccountProps & { now: number }>) {
  const t = getMessages(locale).admin.gateways;
  const { restsUntil } = account.health;
  return (
    <>
      <Badge tone={account.isActive ? "strong" : "muted"}>{account.isActive ? t.active : t.disabled}</Badge>
      {account.isUsable ? null : <Badge tone="seal">{t.unusable}</Badge>}
      {restsUntil && restsUntil.getTime() > now ? <Badge tone="seal">{t.resting}</Badge> : null}
    </>
  );
}

function limitsOf({ locale, account }: AccountProps): string {
  const t = getMessages(locale).admin.gateways;
  const amount = (minor: bigint | null) => (minor === null ? "" : formatMinor(`${minor}`, account.currency, locale));
  const [min, max, day] = [amount(account.amountMinMinor), amount(account.amountMaxMinor), amount(account.dayMaxMinor)];
  const each = min && max ? fill(t.limitRange, { min, max }) : min ? fill(t.limitMin, { min }) : max;
  const parts = [each && !min ? fill(t.limitMax, { max }) : each, day && fill(t.limitDay, { day })].filter(Boolean);
  return parts.join(locale === "zh" ? "，" : ", ");
}

function feeOf({ locale, account }: AccountProps): string {
  const { feeRate, feeFixedMinor, currency } = account;
  const rate = feeRate > 0 ? `${Math.floor(feeRate / 100)}.${String(feeRate % 100).padStart(2, "0")}%` : "";
  const fixed = feeFixedMinor > 0n ? formatMinor(`${feeFixedMinor}`, currency, locale) : "";
  return [rate, fixed].filter(Boolean).join(" + ");
}

/** What it is and may do, in a line or two; what nobody set is not said. */
export function AccountFacts({ locale, account }: Readonly<AccountProps>) {
  const { admin, gateways } = getMessages(locale);
  const t = admin.gateways;
  const { kind, merchantName, currency, way, weight } = account;
  const facts = [
    [t.facts.kind, gateways[kind].title],
    [t.facts.owner, merchantName ?? t.shopOwned],
    [t.facts.currency, currency],
    [t.facts.way, way === null ? "" : fill(t.share, { way, weight })],
    [t.facts.limits, limitsOf({ locale, account })],
    [t.facts.fee, feeOf({ locale, account })],
  ] as const;
  return (
    <dl className="my-3 grid gap-x-6 gap-y-1 text-sm sm:grid-cols-2 lg:grid-cols-3">
      {facts.map(([name, value]) =>
        value === "" ? null : (
          <div key={name} className="flex gap-2">
            <dt className="shrink-0 text-faint">{name}</dt>
            <dd className="figures min-w-0">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

import type { Metadata } from "next";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { WalletEntries, WalletFigures } from "@/components/shop/wallet-entries";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { currentWalletOwner } from "@/lib/entry/held-wallet";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { readWalletPage } from "@/lib/features/wallets/queries";
import { WalletPageQuery } from "@/lib/features/wallets/schema";
import { canMail } from "@/lib/flows/mail-order-link";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../page-locale";
import { leaveWalletAction, mailWalletLinkAction } from "./actions";

interface WalletProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: WalletProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).wallets.title, robots: { index: false } };
}

export default async function Wallet({ params, searchParams }: Readonly<WalletProps>) {
  const locale = await localeOf(params);
  const owner = await currentWalletOwner(getDeps());
  if (!owner) return <Closed locale={locale} />;
  const { before } = await readQuery(WalletPageQuery, searchParams);
  return <Open locale={locale} owner={owner} before={before} />;
}

/** Nobody's so far: the way in is a mail. */
function Closed({ locale }: Readonly<{ locale: Locale }>) {
  const { wallets, errors } = getMessages(locale);
  const t = wallets.sign;
  return (
    <Card className="mx-auto max-w-md space-y-4">
      <header>
        <h1 className="text-xl font-semibold tracking-tight">{t.title}</h1>
        <p className="mt-1 text-soft">{t.lead}</p>
      </header>
      {canMail(getDeps()) ? (
        <ActionForm action={mailWalletLinkAction} locale={locale} errors={errors} saved={t.sent} className="space-y-4">
          <TextField
            name="email"
            label={t.email}
            type="email"
            required
            maxLength={limits.emailMax}
            autoComplete="email"
          />
          <ActionSubmit variant="ink" className="w-full" pendingLabel={t.submitting}>
            {t.submit}
          </ActionSubmit>
        </ActionForm>
      ) : (
        <Notice>{t.noMail}</Notice>
      )}
    </Card>
  );
}

interface OpenProps {
  locale: Locale;
  owner: string;
  before: string | undefined;
}

async function Open({ locale, owner, before }: Readonly<OpenProps>) {
  const { wallets: t, errors } = getMessages(locale);
  const page = await readWalletPage(getDeps(), owner, before);
  return (
    <div className="mx-auto max-w-2xl space-y-5">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">{t.title}</h1>
        <p className="mt-1 text-soft">{t.lead}</p>
      </header>
      <Card className="space-y-4">
        <p className="text-sm text-faint wrap-anywhere">{fill(t.owner, { email: owner })}</p>
        {page.balances.length === 0 ? (
          <EmptyState title={t.emptyTitle} text={t.emptyText} />
        ) : (
          <WalletFigures balances={page.balances} locale={locale} />
        )}
      </Card>
      {page.lines.length > 0 ? (
        <Card>
          <h2 className="mb-2 font-semibold">{t.entries}</h2>
          <WalletEntries page={page} locale={locale} path={`/${locale}/wallet`} isFirst={before === undefined} />
        </Card>
      ) : null}
      <ActionForm action={leaveWalletAction} locale={locale} errors={errors} className="text-center">
        <ActionSubmit variant="quiet" size="sm" pendingLabel={t.leaving}>
          {t.leave}
        </ActionSubmit>
      </ActionForm>
    </div>
  );
}

import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead, Part } from "@/components/merchant/page-head";
import { WalletEntries, WalletFigures } from "@/components/shop/wallet-entries";
import { Card } from "@/components/ui/card";
import { listWaitingAdjustments, readWalletPage, type WaitingAdjustment } from "@/lib/features/wallets/queries";
import type { WalletListQuery } from "@/lib/features/wallets/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatMoney, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { randomHex } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, money } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";

type FormAction = ComponentProps<typeof ActionForm>["action"];
type Query = Readonly<ReturnType<(typeof WalletListQuery)["parse"]>>;

interface WalletsViewProps {
  locale: Locale;
  viewer: Extract<Viewer, { kind: "admin" }>;
  query: Query;
  adjust: FormAction;
  decide: FormAction;
}

const errorsIn = (locale: Locale) => {
  const { staff, wallets } = getMessages(locale);
  return { ...staff.errors, ...wallets.admin.errors };
};

/** Buyers' balances: what waits for a second name, one address's entries, and the form that gives or takes. */
export async function WalletsView({ locale, viewer, query, adjust, decide }: Readonly<WalletsViewProps>) {
  const t = getMessages(locale).wallets.admin;
  const waiting = await listWaitingAdjustments(getDeps(), viewer);
  const limit = formatMoney(money(limits.aloneMinorMax.CNY, "CNY"), locale);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {waiting.length > 0 ? (
        <Part title={t.waiting}>
          <ul className="space-y-3">
            {waiting.map((one) => (
              <li key={one.id}>
                <Waiting {...{ one, locale, decide }} isOwn={one.proposedBy === viewer.userId} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title={t.search}>
        <Found {...{ locale, query }} />
      </Part>
      <Part title={t.adjust} note={fill(t.twoNames, { limit })}>
        <Adjust {...{ locale, adjust }} email={query.q} />
      </Part>
    </>
  );
}

async function Found({ locale, query: { q, before } }: Readonly<{ locale: Locale; query: Query }>) {
  const t = getMessages(locale).wallets.admin;
  const page = q === "" ? null : await readWalletPage(getDeps(), q, before);
  const path = `/${locale}/admin/wallets`;
  return (
    <ListFrame
      locale={locale}
      path={path}
      search={{ value: q, hint: t.search }}
      page={1}
      hasMore={false}
      isEmpty={page === null || page.balances.length === 0}
      empty={{ title: t.emptyTitle, text: t.emptyText }}
      none={{ title: q, text: t.none }}
    >
      {page ? (
        <div className="space-y-4">
          <WalletFigures balances={page.balances} locale={locale} />
          <WalletEntries
            page={page}
            locale={locale}
            path={`${path}?q=${encodeURIComponent(q)}`}
            isFirst={before === undefined}
          />
        </div>
      ) : null}
    </ListFrame>
  );
}

interface WaitingProps {
  one: WaitingAdjustment;
  locale: Locale;
  decide: FormAction;
  isOwn: boolean;
}

function Waiting({ one, locale, decide, isOwn }: Readonly<WaitingProps>) {
  const t = getMessages(locale).wallets.admin;
  const by = { name: one.proposerEmail ?? "—", at: formatStamp(one.proposedAt, locale) };
  return (
    <Card className="space-y-3">
      <p className="wrap-anywhere">
        <span className="figures font-semibold">{formatMinor(one.amountMinor.toString(), one.currency, locale)}</span> ·{" "}
        {one.email}
      </p>
      <p className="text-sm text-soft wrap-anywhere">{one.reason}</p>
      <p className="text-sm text-faint">{fill(t.by, by)}</p>
      {isOwn ? <p className="text-sm text-soft">{t.own}</p> : null}
      <div className="flex flex-wrap gap-3">
        {(isOwn ? (["refuse"] as const) : (["confirm", "refuse"] as const)).map((decision) => (
          <ActionForm key={decision} action={decide} locale={locale} errors={errorsIn(locale)}>
            <input type="hidden" name="adjustmentId" value={one.id} />
            <input type="hidden" name="decision" value={decision} />
            <ActionSubmit
              variant={decision === "confirm" ? "ink" : "outline"}
              pendingLabel={decision === "confirm" ? t.confirming : t.refusing}
            >
              {t[decision]}
            </ActionSubmit>
          </ActionForm>
        ))}
      </div>
    </Card>
  );
}

function Adjust({ locale, adjust, email }: Readonly<{ locale: Locale; adjust: FormAction; email: string }>) {
  const t = getMessages(locale).wallets.admin;
  return (
    <ActionForm
      action={adjust}
      locale={locale}
      errors={errorsIn(locale)}
      saved={t.saved}
      className="max-w-2xl space-y-4"
    >
      {/* One intention: a new one when the page is read anew. */}
      <input type="hidden" name="requestKey" value={randomHex(32)} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="email"
          label={t.email}
          type="email"
          defaultValue={email}
          maxLength={limits.emailMax}
          autoComplete="off"
          required
        />
        <SelectField name="currency" label={t.currency} defaultValue="CNY">
          {CURRENCIES.map((currency) => (
            <option key={currency} value={currency}>
              {currency}
            </option>
          ))}
        </SelectField>
        <TextField name="amount" label={t.amount} hint={t.amountHint} autoComplete="off" required />
        <TextField name="reason" label={t.reason} maxLength={limits.walletReasonMax} autoComplete="off" required />
      </div>
      <ActionSubmit variant="ink" pendingLabel={t.submitting}>
        {t.submit}
      </ActionSubmit>
    </ActionForm>
  );
}

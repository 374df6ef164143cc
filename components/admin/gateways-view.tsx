import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PageHead } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { type AccountSettingsView, listAccountSettings } from "@/lib/features/payments/account-settings";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { TestNotice } from "./test-notice";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface GatewaysViewProps {
  locale: Locale;
  save: FormAction;
  test: FormAction;
}

/** The accounts that money comes in by: settings that are written and not read back, and a test of the way notices take. */
export async function GatewaysView({ locale, save, test }: Readonly<GatewaysViewProps>) {
  const t = getMessages(locale).admin.gateways;
  const accounts = await listAccountSettings(getDeps());
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {accounts.length === 0 ? <EmptyState title={t.emptyTitle} text={t.emptyText} /> : null}
      {accounts.map((account) => (
        <details key={account.id} className="mb-3 rounded-md border bg-surface" open={accounts.length === 1}>
          <summary className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm font-medium">
            {fill(t.editTitle, { id: account.id })}
            <Badge tone={account.isActive ? "strong" : "muted"}>{account.isActive ? t.active : t.disabled}</Badge>
          </summary>
          <div className="space-y-6 border-t p-4">
            <NotifyAddress locale={locale} account={account} test={test} />
            <AccountForm locale={locale} account={account} save={save} />
          </div>
        </details>
      ))}
      <details className="rounded-md border bg-surface" open={accounts.length === 0}>
        <summary className="px-4 py-3 text-sm font-medium">{t.add}</summary>
        <div className="border-t p-4">
          <AccountForm locale={locale} save={save} />
        </div>
      </details>
    </>
  );
}

function NotifyAddress({
  locale,
  account,
  test,
}: Readonly<{ locale: Locale; account: AccountSettingsView; test: FormAction }>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.gateways;
  return (
    <div className="space-y-3">
      <div>
        <p className="text-sm font-medium">{t.notifyUrl}</p>
        <div className="mt-1 flex flex-wrap items-center gap-2">
          <code className="secret-text rounded-sm bg-sunken px-2 py-1 text-sm">{account.notifyUrl}</code>
          <CopyButton text={account.notifyUrl} label={t.copy} copiedLabel={t.copied} failedLabel={t.copyFailed} />
        </div>
        <p className="mt-1 text-sm text-faint">{t.notifyHint}</p>
      </div>
      <TestNotice locale={locale} accountId={account.id} test={test} t={t} errors={staff.errors} />
    </div>
  );
}

interface AccountFormProps {
  locale: Locale;
  account?: AccountSettingsView;
  save: FormAction;
}

function AccountForm({ locale, account, save }: Readonly<AccountFormProps>) {
  const { admin, merchant, staff } = getMessages(locale);
  const t = admin.gateways;
  return (
    <ActionForm
      action={save}
      locale={locale}
      errors={staff.errors}
      saved={merchant.product.saved}
      className="space-y-4"
    >
      {account ? (
        <input type="hidden" name="id" value={account.id} />
      ) : (
        <input type="hidden" name="isNew" value="yes" />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {account ? null : (
          <TextField name="id" label={t.id} hint={t.idHint} required maxLength={32} autoCapitalize="none" />
        )}
        <TextField
          name="baseUrl"
          label={t.baseUrl}
          hint={t.baseUrlHint}
          type="url"
          required
          defaultValue={account?.baseUrl}
        />
        <TextField name="pid" label={t.pid} required maxLength={64} defaultValue={account?.pid} />
        <TextField
          name="key"
          label={t.key}
          hint={account?.hasKey ? t.keyKept : t.keyHint}
          type="password"
          required={!account?.hasKey}
          autoComplete="off"
        />
        <TextField
          name="types"
          label={t.types}
          hint={t.typesHint}
          note={staff.form.optional}
          defaultValue={account?.types.join(" ")}
        />
        <TextField
          name="titleZh"
          label={t.titleZh}
          required
          maxLength={60}
          defaultValue={account?.titleZh ?? "支付宝 / 微信支付"}
        />
        <TextField
          name="titleEn"
          label={t.titleEn}
          required
          maxLength={60}
          defaultValue={account?.titleEn ?? "Alipay / WeChat Pay"}
        />
      </div>
      <label className="flex min-h-11 items-center gap-2 text-sm">
        <input type="checkbox" name="isActive" defaultChecked={account?.isActive ?? true} className="size-5" />
        {t.isActive}
      </label>
      <ActionSubmit variant="ink" pendingLabel={staff.form.saving}>
        {staff.form.save}
      </ActionSubmit>
    </ActionForm>
  );
}

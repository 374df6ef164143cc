import Link from "next/link";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { PageHead, Part } from "@/components/merchant/page-head";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { AccountSettingsView } from "@/lib/features/payments/account-settings";
import type { TestPayment } from "@/lib/features/payments/test-payments";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { GatewayCheck } from "./gateway-check";
import { GatewayForm } from "./gateway-form";
import { GatewayHealth } from "./gateway-health";
import { AccountBadges, AccountFacts } from "./gateways-view";
import { NotifyAddress } from "./notify-address";
import { RefusedNotices } from "./refused-notices";
import { type TestActions, TestPayments } from "./test-payments";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface GatewayViewProps {
  locale: Locale;
  account: AccountSettingsView;
  save: FormAction;
  check: FormAction;
  test: FormAction;
  /** Null where no server stands behind the account. */
  tests: readonly TestPayment[] | null;
  trial: TestActions;
}

/** One account: how it answers, whether it works, and everything that can be set of it. */
export function GatewayView({ locale, account, save, check, test, tests, trial }: Readonly<GatewayViewProps>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.gateways;
  const now = getDeps().clock.now();
  return (
    <>
      <PageHead title={locale === "zh" ? account.titleZh : account.titleEn}>
        <AccountBadges locale={locale} account={account} now={now} />
        <Link href={`/${locale}/admin/gateways`} className={buttonClass({ size: "sm" })}>
          {t.all}
        </Link>
      </PageHead>
      <p className="secret-text -mt-4 text-sm text-faint">{account.id}</p>
      {account.isUsable ? null : (
        <Notice tone="seal" className="mt-3">
          {t.unusableText}
        </Notice>
      )}
      <AccountFacts locale={locale} account={account} />
      <Part title={t.health.title}>
        <GatewayHealth locale={locale} health={account.health} now={now} />
      </Part>
      {account.takesNotices ? (
        <Part title={t.refusedNotices.title}>
          <RefusedNotices locale={locale} notices={account.refusedNotices} now={now} />
        </Part>
      ) : null}
      <Part title={t.check.title}>
        <div className="space-y-4">
          <NotifyAddress url={account.notifyUrl} t={t} />
          <GatewayCheck locale={locale} accountId={account.id} check={check} test={test} t={t} errors={staff.errors} />
        </div>
      </Part>
      {tests ? <TestPayments locale={locale} account={account} tests={tests} now={now} actions={trial} /> : null}
      <div className="mt-8 border-t pt-6">
        <GatewayForm locale={locale} kind={account.kind} save={save} account={account} />
      </div>
    </>
  );
}

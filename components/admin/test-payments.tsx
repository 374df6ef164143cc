import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Part } from "@/components/merchant/page-head";
import { QrCode } from "@/components/shop/qr-code";
import { buttonClass } from "@/components/ui/button";
import type { AccountSettingsView } from "@/lib/features/payments/account-settings";
import type { TestPayment } from "@/lib/features/payments/test-payments";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Refresher } from "./refresher";

type FormAction = ComponentProps<typeof ActionForm>["action"];

export interface TestActions {
  readonly start: FormAction;
  readonly ask: FormAction;
  readonly refund: FormAction;
}

interface TestPaymentsProps {
  locale: Locale;
  account: AccountSettingsView;
  tests: readonly TestPayment[];
  /** Unix milliseconds. */
  now: number;
  actions: TestActions;
}

/** Real payments of the smallest amount, which try the whole way and sell nothing. */
export function TestPayments({ locale, account, tests, now, actions }: Readonly<TestPaymentsProps>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.gateways.trial;
  const isWaiting = tests.some((test) => test.paidAt === null && test.deadlineAt.getTime() > now);
  return (
    <Part title={t.title} note={t.lead}>
      <ActionForm
        action={actions.start}
        locale={locale}
        errors={staff.errors}
        className="flex flex-wrap items-start gap-3"
      >
        <input type="hidden" name="accountId" value={account.id} />
        <div className="w-56">
          <TextField
            name="amount"
            label={`${t.amount} (${account.currency})`}
            hint={t.amountHint}
            inputMode="decimal"
            maxLength={20}
          />
        </div>
        <ActionSubmit pendingLabel={t.starting} className="mt-6.5">
          {t.start}
        </ActionSubmit>
      </ActionForm>
      {isWaiting ? <Refresher /> : null}
      <ul className="mt-4 space-y-3">
        {tests.map((test) => (
          <li key={test.id} className="rounded-md border bg-surface p-4 text-sm">
            <Test locale={locale} test={test} now={now} actions={actions} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

type TestProps = Readonly<Omit<TestPaymentsProps, "account" | "tests"> & { test: TestPayment }>;

function Test({ locale, test, now, actions }: TestProps) {
  const { admin, staff } = getMessages(locale);
  const t = admin.gateways.trial;
  const isOpen = test.paidAt === null && test.deadlineAt.getTime() > now;
  const isRefundOpen = test.refundState === "requested" || test.refundState === "processing";
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="font-medium">
          <span className="figures">{formatMinor(`${test.amountMinor}`, test.currency, locale)}</span> ·{" "}
          {stateOf({ locale, test, now })}
        </p>
        <p className="text-faint">{formatStamp(test.createdAt, locale)}</p>
      </div>
      <p className="secret-text break-all text-faint">
        {test.number} · {test.outTradeNo}
      </p>
      {isDifferent(test) ? (
        <p className="text-cinnabar">
          {fill(t.wrongAmount, { paid: formatMinor(`${test.paidMinor}`, test.paidCurrency ?? test.currency, locale) })}
        </p>
      ) : null}
      {test.refundState ? <p>{fill(t.refundStates[test.refundState], { failure: test.refundFailure ?? "" })}</p> : null}
      <div className="flex flex-wrap items-end gap-2">
        {isOpen ? <WayToTest locale={locale} test={test} /> : null}
        {isOpen || isRefundOpen || test.paidAt === null ? (
          <Press {...{ locale, test, action: actions.ask, label: t.check, busy: t.checking, errors: staff.errors }} />
        ) : null}
        {test.paidAt && (test.refundState === null || test.refundState === "failed") ? (
          <Press
            {...{ locale, test, action: actions.refund, label: t.refund, busy: t.refunding, errors: staff.errors }}
          />
        ) : null}
      </div>
    </div>
  );
}

const isDifferent = ({ paidAt, paidMinor, paidCurrency, amountMinor, currency }: TestPayment): boolean =>
  paidAt !== null && (paidMinor !== amountMinor || paidCurrency !== currency);

function stateOf({ locale, test, now }: Pick<TestProps, "locale" | "test" | "now">): string {
  const t = getMessages(locale).admin.gateways.trial;
  if (test.heardBy) return fill(t.paid, { way: t.heard[test.heardBy] });
  return test.deadlineAt.getTime() > now ? t.waiting : t.expired;
}

interface PressProps {
  locale: Locale;
  test: TestPayment;
  action: FormAction;
  label: string;
  busy: string;
  errors: Readonly<Record<string, string>>;
}

function Press({ locale, test, action, label, busy, errors }: Readonly<PressProps>) {
  return (
    <ActionForm action={action} locale={locale} errors={errors}>
      <input type="hidden" name="testId" value={test.id} />
      <ActionSubmit size="sm" pendingLabel={busy}>
        {label}
      </ActionSubmit>
    </ActionForm>
  );
}

/** How to pay it, as its gateway said. */
function WayToTest({ locale, test }: Readonly<{ locale: Locale; test: TestPayment }>) {
  const t = getMessages(locale).admin.gateways.trial;
  const way = test.presentation;
  const button = buttonClass({ variant: "seal", size: "sm" });
  switch (way?.kind) {
    case "redirect":
      return (
        <a href={way.url} target="_blank" rel="noopener noreferrer" className={button}>
          {t.go}
        </a>
      );
    case "form":
      return (
        <form action={way.url} method="post" target="_blank" rel="noopener">
          {way.fields.map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <button type="submit" className={button}>
            {t.go}
          </button>
        </form>
      );
    case "qrcode":
      return <QrCode text={way.text} title={t.scan} />;
    case "address":
      return (
        <div className="space-y-1">
          <p>{fill(t.send, { payable: way.payable, currency: way.payableCurrency, network: way.network })}</p>
          <code className="secret-text break-all rounded-sm bg-sunken px-2 py-1">{way.text}</code>
        </div>
      );
    default:
      return <p className="text-faint">{t.opening}</p>;
  }
}

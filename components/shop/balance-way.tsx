import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { currentWalletOwner } from "@/lib/entry/held-wallet";
import type { OrderView } from "@/lib/features/orders/view";
import { findWallet } from "@/lib/features/wallets/store";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Currency } from "@/lib/kernel/money";
import { getDeps } from "@/lib/platform/deps";

interface BalanceWayProps {
  /** The order's public id, as the page's address has it. */
  orderId: string;
  order: Pick<OrderView, "totalMinor" | "currency">;
  locale: Locale;
  action: ComponentProps<typeof ActionForm>["action"];
}

/** The buyer's own balance as a way to pay: opened first, enough or not, and one press. */
export async function BalanceWay({ orderId, order, locale, action }: Readonly<BalanceWayProps>) {
  const { wallets, errors } = getMessages(locale);
  const t = wallets.pay;
  const deps = getDeps();
  const email = await currentWalletOwner(deps);
  if (!email) {
    return (
      <div className="space-y-3">
        <p className="text-sm text-soft">{t.openLead}</p>
        <a href={`/${locale}/wallet`} className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}>
          {t.open}
        </a>
      </div>
    );
  }
  const wallet = await findWallet(deps.db, { email, currency: order.currency as Currency });
  const balanceMinor = wallet?.balanceMinor ?? 0n;
  const amountOf = (minor: bigint) => formatMinor(minor.toString(), order.currency, locale);
  const leftMinor = balanceMinor - order.totalMinor;
  return (
    <div className="space-y-4">
      <dl className="figures space-y-1.5 text-sm">
        {[[t.balance, balanceMinor] as const, ...(leftMinor < 0n ? [] : [[t.after, leftMinor] as const])].map(
          ([name, minor]) => (
            <div key={name} className="flex justify-between gap-4">
              <dt className="text-faint">{name}</dt>
              <dd>{amountOf(minor)}</dd>
            </div>
          ),
        )}
      </dl>
      {leftMinor < 0n ? (
        <Notice>{fill(t.short, { amount: amountOf(-leftMinor) })}</Notice>
      ) : (
        <ActionForm action={action} locale={locale} errors={{ ...errors, ...wallets.errors }} className="space-y-3">
          <input type="hidden" name="orderId" value={orderId} />
          <ActionSubmit variant="seal" size="lg" className="w-full" pendingLabel={t.submitting}>
            {fill(t.submit, { amount: amountOf(order.totalMinor) })}
          </ActionSubmit>
        </ActionForm>
      )}
    </div>
  );
}

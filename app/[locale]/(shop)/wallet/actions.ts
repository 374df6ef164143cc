"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { rateLimit } from "@/lib/entry/guards";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { currentWalletOwner, dropWallet, holdWallet } from "@/lib/entry/held-wallet";
import { NoFields } from "@/lib/features/identity/schema";
import { BalancePaymentForm, WalletLinkForm, WalletMailForm } from "@/lib/features/wallets/schema";
import { mailWalletLink, openWalletByLink } from "@/lib/flows/open-wallet";
import { payWithBalance } from "@/lib/flows/pay-with-balance";
import { toLocale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { err, ok } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { getDeps } from "@/lib/platform/deps";

/** Has a one-use link mailed where there is a balance; the answer does not tell whether there is. */
export const mailWalletLinkAction = action({
  schema: WalletMailForm,
  guards: [rateLimit("form")],
  run: ({ input, deps, client, locale }) =>
    mailWalletLink(deps, { email: input.email, locale, addressKey: client.address }),
});

export interface WalletLinkState {
  readonly isUsed?: boolean;
}

/** Uses a mailed link up: this browser holds the balance from now on. */
export async function openWalletAction(_before: WalletLinkState, data: FormData): Promise<WalletLinkState> {
  const link = WalletLinkForm.safeParse(String(data.get("link") ?? ""));
  if (!link.success) return { isUsed: true };
  const deps = getDeps();
  const opened = await openWalletByLink(deps, { link: new Secret(link.data) });
  if (!opened.ok) return { isUsed: true };
  await holdWallet(deps, opened.value);
  redirect(`/${toLocale(String(data.get("locale") ?? ""))}/wallet`);
}

export const leaveWalletAction = action({
  schema: NoFields,
  guards: [],
  run: async ({ deps }) => ok(await dropWallet(deps)),
  onOk: () => refresh(),
});

/** Pays an order that this browser holds out of the balance that it has opened. */
export const payWithBalanceAction = action({
  schema: BalancePaymentForm,
  guards: [rateLimit("checkout")],
  run: async ({ input, deps }) => {
    const [order, email] = [await findHeldOrder(deps, input.orderId), await currentWalletOwner(deps)];
    if (!order) return err("not_found");
    if (!email) return err("wallet_closed");
    const paid = await payWithBalance(deps, { orderId: order.id, email });
    return paid.ok ? ok(order.id) : paid;
  },
  onOk: (orderId, { locale }) => redirect(`/${locale}/orders/${toPublicId("order", orderId)}`),
});

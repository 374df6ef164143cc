"use server";

import { redirect } from "next/navigation";
import { holdOrder } from "@/lib/entry/held-orders";
import { orderPath } from "@/lib/entry/order-access";
import { LinkForm } from "@/lib/features/orders/schema";
import { redeemOrderLink } from "@/lib/flows/mail-order-link";
import { toLocale } from "@/lib/i18n/locale";
import { Secret } from "@/lib/kernel/secret";
import { getDeps } from "@/lib/platform/deps";

export interface LinkState {
  readonly isUsed?: boolean;
}

/** Uses a mailed link up: this browser holds the order from now on. */
export async function openLinkAction(_before: LinkState, data: FormData): Promise<LinkState> {
  const parsed = LinkForm.safeParse({ link: String(data.get("link") ?? "") });
  if (!parsed.success) return { isUsed: true };
  const deps = getDeps();
  const redeemed = await redeemOrderLink(deps, { linkToken: new Secret(parsed.data.link) });
  if (!redeemed.ok) return { isUsed: true };
  await holdOrder(deps, redeemed.value.orderId, redeemed.value.token);
  redirect(orderPath(toLocale(String(data.get("locale") ?? "")), redeemed.value.orderId));
}

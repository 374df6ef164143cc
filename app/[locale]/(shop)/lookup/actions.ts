"use server";

import { redirect } from "next/navigation";
import { holdOrder } from "@/lib/entry/held-orders";
import { orderPath } from "@/lib/entry/order-access";
import { currentClient } from "@/lib/entry/peer";
import { LookupForm, MailLinkForm } from "@/lib/features/orders/schema";
import { lookUpOrder } from "@/lib/flows/look-up-order";
import { canMail, mailOrderLink } from "@/lib/flows/mail-order-link";
import { toLocale } from "@/lib/i18n/locale";
import { Secret } from "@/lib/kernel/secret";
import { getDeps } from "@/lib/platform/deps";

export interface LookupState {
  readonly outcome?: "miss" | "rate_limited" | "sent";
  readonly number?: string;
}

const textOf = (data: FormData, name: string): string => String(data.get(name) ?? "").slice(0, 300);

/** Opens an order by number and password. Every miss is the same answer after the same work. */
export async function lookUpAction(_before: LookupState, data: FormData): Promise<LookupState> {
  const number = textOf(data, "number");
  const parsed = LookupForm.safeParse({ number, password: textOf(data, "password") });
  if (!parsed.success) return { outcome: "miss", number };
  const deps = getDeps();
  const { address } = await currentClient();
  const found = await lookUpOrder(deps, {
    number: parsed.data.number,
    password: new Secret(parsed.data.password),
    addressKey: address,
  });
  if (!found.ok) return { outcome: found.error === "not_found" ? "miss" : "rate_limited", number };
  await holdOrder(deps, found.value.orderId, found.value.token);
  redirect(orderPath(toLocale(textOf(data, "locale")), found.value.orderId));
}

/** Has a one-use link mailed, if number and e-mail belong together; the answer does not tell whether they do. */
export async function mailLinkAction(_before: LookupState, data: FormData): Promise<LookupState> {
  const number = textOf(data, "number");
  const parsed = MailLinkForm.safeParse({ number, email: textOf(data, "email") });
  const deps = getDeps();
  if (!parsed.success || !canMail(deps)) return { outcome: "sent", number };
  const { address } = await currentClient();
  const mailed = await mailOrderLink(deps, { ...parsed.data, addressKey: address });
  return { outcome: mailed.ok ? "sent" : "rate_limited", number };
}

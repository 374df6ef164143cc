"use server";

import { action } from "@/lib/entry/action";
import { rateLimit } from "@/lib/entry/guards";
import { RestockEndLink, RestockForm } from "@/lib/features/stock-alerts/schema";
import { askRestock, endRestock } from "@/lib/flows/ask-restock";
import { fromPublicId } from "@/lib/kernel/id";
import { err } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { getDeps } from "@/lib/platform/deps";

/** Notes who wants to hear when a variant is back; the answer does not tell what is known of the address. */
export const askRestockAction = action({
  schema: RestockForm,
  guards: [rateLimit("form")],
  run: async ({ input, deps, client, locale }) => {
    const variant = fromPublicId("variant", input.variantId);
    if (!variant.ok) return err("not_found");
    return askRestock(deps, { variantId: variant.value, email: input.email, locale, addressKey: client.address });
  },
});

export interface RestockEndState {
  readonly isEnded?: boolean;
  readonly isBroken?: boolean;
}

/** Ends such mails by a mailed link; safe twice. */
export async function endRestockAction(_before: RestockEndState, data: FormData): Promise<RestockEndState> {
  const link = RestockEndLink.safeParse(String(data.get("link") ?? "").trim());
  if (!link.success) return { isBroken: true };
  const ended = await endRestock(getDeps(), new Secret(link.data));
  return ended.ok ? { isEnded: true } : { isBroken: true };
}

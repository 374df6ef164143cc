import { openAccounts } from "@/lib/features/payments/accounts";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, jsonReply, send } from "../http";
import type { Route } from "../route";

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const isEnglish = c.req.query("locale") === "en";
  const accounts = [...(await openAccounts(deps)).values()].filter(({ isActive }) => isActive);
  const items = accounts.map(({ id, kind, titleZh, titleEn, currency }) => ({
    id,
    gateway: kind,
    title: isEnglish ? titleEn : titleZh,
    currency,
  }));
  return send(c, jsonReply(200, { items }));
}

export const gatewayRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/gateways", answer }];

import { openAccounts } from "@/lib/features/payments/accounts";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, jsonReply, send } from "../http";
import { invalidBody } from "../problem";
import type { Route } from "../route";
import { GatewaysQuery } from "../schema";

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const raw = c.req.query();
  const query = GatewaysQuery.safeParse(raw);
  if (!query.success) return send(c, invalidBody(query.error, raw));
  const isEnglish = query.data.locale === "en";
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

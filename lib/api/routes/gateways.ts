import { findSellableVariant } from "@/lib/features/catalog/sellable";
import { openAccounts } from "@/lib/features/payments/accounts";
import { SHOP_ITSELF, waysToPay } from "@/lib/features/payments/ways";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, jsonReply, type Reply, send } from "../http";
import { invalidBody, problem } from "../problem";
import type { Route } from "../route";
import { GatewaysQuery, readVariantId } from "../schema";

async function list(deps: Deps, { locale, variantId }: GatewaysQuery): Promise<Reply> {
  const id = variantId === undefined ? null : readVariantId(variantId);
  const variant = id === null ? null : await findSellableVariant(deps, id);
  if (variantId !== undefined && !variant) return problem("not_found");
  const accounts = [...(await openAccounts(deps)).values()];
  const merchantId = variant?.merchantId ?? SHOP_ITSELF;
  const currencies = variant ? [variant.currency] : new Set(accounts.map(({ currency }) => currency));
  const items = [...currencies]
    .flatMap((currency) => waysToPay(accounts, { merchantId, currency }))
    .map(({ id, kind, titleZh, titleEn, currency }) => ({
      id,
      gateway: kind,
      title: locale === "en" ? titleEn : titleZh,
      currency,
    }));
  return jsonReply(200, { items });
}

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const raw = c.req.query();
  const query = GatewaysQuery.safeParse(raw);
  return send(c, query.success ? await list(deps, query.data) : invalidBody(query.error, raw));
}

export const gatewayRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/gateways", answer }];

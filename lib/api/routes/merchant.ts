import { findKeyHolder, type KeyHolder } from "@/lib/features/api-keys/keys";
import type { ApiScope } from "@/lib/features/api-keys/schema";
import { listForPrograms } from "@/lib/features/merchants/for-programs";
import { findOrderPage } from "@/lib/features/merchants/order-page";
import { readOrdersAfter } from "@/lib/features/merchants/orders";
import { patchVariant } from "@/lib/features/merchants/patch-variant";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { readJson } from "../body";
import { type ApiContext, header, jsonReply, type Reply, send } from "../http";
import { ChangeVariantBody, MerchantOrdersQuery, MerchantProductsQuery } from "../merchant-schema";
import { invalidBody, invalidField, problem } from "../problem";
import type { Route } from "../route";

type Answer = (c: ApiContext, deps: Deps, holder: KeyHolder) => Promise<Reply>;

const BEARER = /^Bearer +(\S+)$/i;

/** An address for the holder of a key that has the right: without a good key 401, without the right 403, too often 429. */
const withKey =
  (scope: ApiScope, answer: Answer): Route["answer"] =>
  async (c, deps) => {
    const holder = await findKeyHolder(deps, BEARER.exec(header(c, "authorization") ?? "")?.[1] ?? "");
    if (!holder) return send(c, problem("unauthorized", { headers: { "WWW-Authenticate": "Bearer" } }));
    if (!holder.scopes.has(scope)) return send(c, problem("forbidden"));
    const limit = { name: "api-key", points: limits.apiKeyCallsPerMinute, seconds: 60 };
    if (!(await takeTurn(deps, limit, holder.keyId))) return send(c, problem("rate_limited"));
    return send(c, await answer(c, deps, holder));
  };

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

type Row = Awaited<ReturnType<typeof readOrdersAfter>>[number];

const toOrder = (row: Row) => ({
  id: toPublicId("order", row.id),
  number: row.number,
  status: row.status,
  exception: row.exception,
  email: row.email,
  quantity: row.quantity,
  totalMinor: row.totalMinor.toString(),
  currency: row.currency,
  createdAt: row.createdAt.toISOString(),
  paidAt: instant(row.paidAt),
  deliveredAt: instant(row.deliveredAt),
});

const orders: Answer = async (c, deps, { viewer }) => {
  const raw = c.req.query();
  const query = MerchantOrdersQuery.safeParse(raw);
  if (!query.success) return invalidBody(query.error, raw);
  const { cursor, limit = limits.apiRowsPerPage, email = "", ...filter } = query.data;
  const after = cursor === undefined ? null : fromPublicId("order", cursor);
  if (after && !after.ok) return invalidField("cursor", "malformed", "Send a nextCursor as it was received.");
  const rows = await readOrdersAfter(deps, viewer, { ...filter, q: email }, { after: after?.value ?? null, limit });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return jsonReply(200, { items: rows.map(toOrder), nextCursor: last ? toPublicId("order", last.id) : null });
};

const order: Answer = async (c, deps, { viewer }) => {
  const id = fromPublicId("order", c.req.param("id") ?? "");
  const found = id.ok ? await findOrderPage(deps, viewer, id.value) : null;
  if (!found) return problem("not_found");
  const lines = found.lines.map(({ variantId, sku, quantity, unitPriceMinor }) => ({
    variantId: toPublicId("variant", variantId),
    sku,
    quantity,
    unitPriceMinor: unitPriceMinor.toString(),
  }));
  return jsonReply(200, { ...toOrder(found), lines });
};

const products: Answer = async (c, deps, { viewer }) => {
  const raw = c.req.query();
  const query = MerchantProductsQuery.safeParse(raw);
  if (!query.success) return invalidBody(query.error, raw);
  const { cursor, limit = limits.apiRowsPerPage } = query.data;
  const after = cursor === undefined ? null : fromPublicId("product", cursor);
  if (after && !after.ok) return invalidField("cursor", "malformed", "Send a nextCursor as it was received.");
  const rows = await listForPrograms(deps, viewer, { after: after?.value ?? null, limit });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const items = rows.map(({ id, variants, ...product }) => ({
    ...product,
    id: toPublicId("product", id),
    variants: variants.map((variant) => ({
      ...variant,
      id: toPublicId("variant", variant.id),
      priceMinor: variant.priceMinor.toString(),
    })),
  }));
  return jsonReply(200, { items, nextCursor: last ? toPublicId("product", last.id) : null });
};

const change: Answer = async (c, deps, { viewer, keyId }) => {
  const body = await readJson(c, ChangeVariantBody);
  if (!body.ok) return body.error;
  const id = fromPublicId("variant", c.req.param("id") ?? "");
  if (!id.ok) return problem("not_found");
  const { version, priceMinor, status } = body.value;
  const patch = { variantId: id.value, version, status, keyId };
  const changed = await patchVariant(deps, viewer, {
    ...patch,
    priceMinor: priceMinor === undefined ? undefined : BigInt(priceMinor),
  });
  if (changed.ok)
    return jsonReply(200, {
      ...changed.value,
      id: toPublicId("variant", changed.value.id),
      priceMinor: changed.value.priceMinor.toString(),
    });
  if (changed.error === "not_found" || changed.error === "conflict") return problem(changed.error);
  return invalidField("priceMinor", changed.error, "The wholesale prices do not fit this price.");
};

export const merchantRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/merchant/orders", answer: withKey("orders:read", orders) },
  { method: "GET", path: "/api/v1/merchant/orders/:id", answer: withKey("orders:read", order) },
  { method: "GET", path: "/api/v1/merchant/products", answer: withKey("products:read", products) },
  { method: "POST", path: "/api/v1/merchant/variants/:id", answer: withKey("products:write", change) },
];

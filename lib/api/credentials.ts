import { getCookie } from "hono/cookie";
import { isSameOrigin, orderCookieName, readToken } from "@/lib/entry/order-access";
import { findOrderByToken, type OrderView } from "@/lib/features/orders/view";
import { fromPublicId } from "@/lib/kernel/id";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, header } from "./http";

const BEARER = /^Bearer +(\S+)$/i;

function tokenOf(c: ApiContext, deps: Deps, orderId: string): Secret | null {
  const authorization = header(c, "authorization");
  // Whoever shows a bearer token means it: a wrong one is not helped out by a cookie.
  if (authorization !== undefined) return readToken(BEARER.exec(authorization)?.[1]);
  const token = readToken(getCookie(c, orderCookieName(orderId)));
  if (!token || c.req.method === "GET") return token;
  const sender = { origin: header(c, "origin"), secFetchSite: header(c, "sec-fetch-site"), host: header(c, "host") };
  return isSameOrigin(sender, deps.env.publicUrl) ? token : null;
}

/**
 * The order that the path names, if the request may see it: by its bearer token, or by the cookie of a browser whose page
 * is ours. Null for everything else, so that a missing order and a foreign one get the same answer.
 */
export async function findOrderOfRequest(c: ApiContext, deps: Deps): Promise<OrderView | null> {
  const id = fromPublicId("order", c.req.param("id") ?? "");
  if (!id.ok) return null;
  const token = tokenOf(c, deps, id.value);
  return token ? findOrderByToken(deps, { orderId: id.value, token }) : null;
}

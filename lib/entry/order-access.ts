import { fromPublicId, ID_PREFIXES, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import type { Env } from "@/lib/platform/env";

/** A browser holds an order by one cookie per order, so that it can hold several and none speaks for another. */
const COOKIE_PREFIX = "kapu_order_";
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const COOKIE_DAYS = 30;

/** The cookie that holds the token of an order: `kapu_order_` and the order's 32 hexadecimal digits. */
export const orderCookieName = (orderId: string): string => `${COOKIE_PREFIX}${orderId.replaceAll("-", "")}`;

/** Scripts cannot read it, other sites cannot send it along with a POST, and plain http cannot carry it where the shop has https. */
export const orderCookieOptions = (env: Pick<Env, "publicUrl">) =>
  ({
    httpOnly: true,
    sameSite: "lax",
    secure: env.publicUrl.startsWith("https:"),
    path: "/",
    maxAge: COOKIE_DAYS * 24 * 3600,
  }) as const;

/**
 * The order cookies to drop before one more is set, oldest first, so that a browser never carries more than
 * `limits.orderCookiesMax`. Ids are UUIDv7: their order is the order of time.
 */
export function orderCookiesToDrop(names: readonly string[]): string[] {
  const held = names.filter((name) => orderOfCookie(name) !== null).sort();
  return held.slice(0, Math.max(0, held.length - (limits.orderCookiesMax - 1)));
}

/** The order that a cookie of this name holds, or null for any other cookie. */
export function orderOfCookie(name: string): string | null {
  if (!name.startsWith(COOKIE_PREFIX)) return null;
  const id = fromPublicId("order", `${ID_PREFIXES.order}_${name.slice(COOKIE_PREFIX.length)}`);
  return id.ok ? id.value : null;
}

/** A text from a header or a cookie as a token, or null when it cannot be one; saves asking the database. */
export const readToken = (text: string | undefined): Secret | null =>
  text && TOKEN.test(text) ? new Secret(text) : null;

/** "/zh/orders/ord_…": the page of an order, which never carries a token. */
export const orderPath = (locale: string, orderId: string): string =>
  `/${locale}/orders/${toPublicId("order", orderId)}`;

export interface RequestOrigin {
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly host: string | undefined;
}

/**
 * Whether a request that changes something was sent by a page of this shop. A cookie alone is not enough for that: a
 * browser sends it whoever wrote the page. Browsers always name the origin of a POST; a request that names none was not
 * sent by a page and must show a bearer token instead.
 */
export function isSameOrigin({ origin, secFetchSite, host }: RequestOrigin, publicUrl: string): boolean {
  if (origin === undefined) return secFetchSite === "same-origin";
  if (!URL.canParse(origin)) return false;
  const sender = new URL(origin);
  return sender.origin === new URL(publicUrl).origin || sender.host === host;
}

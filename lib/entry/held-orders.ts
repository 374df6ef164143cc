import { cookies } from "next/headers";
import { findOrderByToken, type OrderView } from "@/lib/features/orders/view";
import { fromPublicId, randomHex } from "@/lib/kernel/id";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { orderCookieName, orderCookieOptions, orderCookiesToDrop, orderOfCookie, readToken } from "./order-access";

/** Lets this browser open the order from now on; the oldest orders it holds make room. Only in an action or a route. */
export async function holdOrder({ env }: Pick<Deps, "env">, orderId: string, token: Secret): Promise<void> {
  const jar = await cookies();
  const others = jar
    .getAll()
    .map(({ name }) => name)
    .filter((name) => name !== orderCookieName(orderId));
  for (const name of orderCookiesToDrop(others)) jar.delete(name);
  jar.set(orderCookieName(orderId), token.reveal(), orderCookieOptions(env));
}

/** The order that a page's address names, if this browser holds it; null for a missing and for a foreign one alike. */
export async function findHeldOrder(deps: Deps, publicId: string): Promise<OrderView | null> {
  const id = fromPublicId("order", publicId);
  if (!id.ok) return null;
  const token = readToken((await cookies()).get(orderCookieName(id.value))?.value);
  return token ? findOrderByToken(deps, { orderId: id.value, token }) : null;
}

/** Every order this browser holds, latest first. */
export async function listHeldOrders(deps: Deps): Promise<OrderView[]> {
  const held = (await cookies())
    .getAll()
    .flatMap(({ name, value }) => {
      const orderId = orderOfCookie(name);
      const token = readToken(value);
      return orderId && token ? [{ orderId, token }] : [];
    })
    .sort((left, right) => (left.orderId < right.orderId ? 1 : -1));
  const orders = await Promise.all(held.map((access) => findOrderByToken(deps, access)));
  return orders.filter((order) => order !== null);
}

const DEVICE_COOKIE = "kapu_device";
const DEVICE_DAYS = 365;

/** A name for this browser, for the limit on open orders and nothing else; made at the first order. */
export async function deviceOf({ env }: Pick<Deps, "env">): Promise<string> {
  const jar = await cookies();
  const known = jar.get(DEVICE_COOKIE)?.value ?? "";
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const made = randomHex(32);
  jar.set(DEVICE_COOKIE, made, { ...orderCookieOptions(env), maxAge: DEVICE_DAYS * 24 * 3600 });
  return made;
}

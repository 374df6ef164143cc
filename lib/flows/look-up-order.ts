import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { orderToken } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { isPassword } from "@/lib/platform/password";
import { secondsUntilTurn, takeTurn } from "@/lib/platform/rate-limit";

export interface OrderAccess {
  readonly orderId: string;
  readonly token: Secret;
}

/**
 * Access to an order by its number and lookup password. A wrong number, a wrong password and an order without a password
 * are one answer after the same work; only failures count against the address.
 */
export async function lookUpOrder(
  deps: Deps,
  { number, password, addressKey }: { number: string; password: Secret; addressKey: string },
): Promise<Result<OrderAccess, "not_found" | "rate_limited">> {
  const limit = { name: "lookup", points: limits.lookupFailuresPerAddress, seconds: limits.lookupWindowSeconds };
  if ((await secondsUntilTurn(deps, limit, addressKey)) > 0) return err("rate_limited");
  const order = await deps.db.order.findUnique({
    where: { number: number.trim().toUpperCase() },
    select: { id: true, lookupHash: true },
  });
  if (!(await isPassword(order?.lookupHash ?? null, password)) || !order) {
    await takeTurn(deps, limit, addressKey);
    return err("not_found");
  }
  return ok({ orderId: order.id, token: orderToken(deps.keys, order.id) });
}

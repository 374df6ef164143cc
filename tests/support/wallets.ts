import { randomBytes } from "node:crypto";
import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { saveAccount } from "@/lib/features/payments/accounts";
import { adjustWallet } from "@/lib/flows/adjust-wallet";
import { type RequestRefund, requestRefund } from "@/lib/flows/request-refund";
import { newId } from "@/lib/kernel/id";
import { proven } from "./proven";
import type { TestShop } from "./shop";

export const BALANCE = "balance";

const adminOf = () => proven({ kind: "admin", userId: newId() });
export const [GIVER, SECOND] = [adminOf(), adminOf()];

/** Lets the shop's buyers pay with what they have there. */
export async function openBalance({ deps }: TestShop): Promise<void> {
  const account = { id: BALANCE, kind: "balance", currency: "CNY", titleZh: "余额", titleEn: "Balance" } as const;
  const saved = await saveAccount(deps, deps.db, { ...account, settings: { currency: "CNY" } });
  if (!saved.ok) throw new Error(saved.error.join());
}

export const newKey = (): string => randomBytes(12).toString("hex");

/** Money for a buyer, as one admin may give it. */
export async function giveBalance({ deps }: TestShop, { email, amount }: { email: string; amount: string }) {
  const given = await adjustWallet(deps, GIVER, {
    ...{ email, currency: "CNY", amount, reason: "gift", requestKey: newKey() },
  });
  if (!given.ok || given.value !== "applied") throw new Error(`not given: ${JSON.stringify(given)}`);
}

/** A refund of an order's first payment, into the buyer's balance unless told otherwise. */
export async function giveBack(shop: TestShop, { id }: Pick<PlacedOrder, "id">, changes: Partial<RequestRefund> = {}) {
  const [payment] = await shop.rows<{ id: string }>(
    "SELECT id FROM payment WHERE order_id = $1 ORDER BY received_at LIMIT 1",
    [id],
  );
  return requestRefund(shop.deps, GIVER, {
    ...{ orderId: id, paymentId: payment?.id ?? "", amountMinor: null, method: "balance", reason: "test" },
    requestKey: newKey(),
    ...changes,
  });
}

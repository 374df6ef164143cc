import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { saveAccount } from "@/lib/features/payments/accounts";
import { listTransfers } from "@/lib/features/transfers/queries";
import { TransferListQuery } from "@/lib/features/transfers/schema";
import type { RecordTransfer } from "@/lib/flows/record-transfer";
import { newId } from "@/lib/kernel/id";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import type { TestDatabase } from "./database";
import { openDeps, openShop, type StockOptions } from "./shop";

export const BANK = "bank";
const SETTINGS = { payee: "张三", account: "6225 8888 0000 1111", bank: "招商银行" };

const adminOf = () => ({ kind: "admin", userId: newId() }) as const;
/** Three who may vouch for money. */
export const [ANNA, BAO, CHEN] = [adminOf(), adminOf(), adminOf()];

let numbers = 0;
/** A number of the bank that was never used before. */
export const bankNumber = (): string => `2026 1121 ${String(++numbers).padStart(6, "0")}`;

/** A shop of two processes whose buyers pay by transfers that people confirm. */
export async function openTransferDesk(database: TestDatabase) {
  const shop = await openShop(database);
  const other: Deps = openDeps(database);
  const account = { id: BANK, kind: "manual", currency: "CNY", titleZh: "银行转账", titleEn: "Bank transfer" } as const;
  const saved = await saveAccount(shop.deps, shop.deps.db, { ...account, settings: SETTINGS });
  if (!saved.ok) throw new Error(saved.error.join());
  async function ordered(stock: Partial<StockOptions> & { quantity?: number } = {}) {
    const stocked = await shop.stock({ cards: 2, ...stock });
    const order = await shop.place(stocked.variantId, { accountId: BANK, quantity: stock.quantity ?? 1 });
    return { order, stocked };
  }
  return {
    shop,
    other,
    ordered,
    /** What an admin types who sees all of the order's money in the bank's list. */
    seen: (order: PlacedOrder, changes: Partial<RecordTransfer> = {}): RecordTransfer => ({
      attemptId: order.payment.id,
      amount: `${order.totalMinor / 100n}.${String(order.totalMinor % 100n).padStart(2, "0")}`,
      reference: bankNumber(),
      arrivedOn: new Date().toISOString().slice(0, 10),
      seenPayments: 0,
      ...changes,
    }),
    async stateOf({ id }: { id: string }): Promise<string> {
      const [row] = await shop.rows<{ state: string }>(
        "SELECT status || ' ' || exception || ' ' || payment_count AS state FROM orders WHERE id = $1",
        [id],
      );
      return row?.state ?? "";
    },
    transfersOf: async ({ id }: { id: string }): Promise<string[]> =>
      (
        await shop.rows<{ status: string }>(
          "SELECT status FROM transfer WHERE order_id = $1 ORDER BY proposed_at, id",
          [id],
        )
      ).map(({ status }) => status),
    idOf: async ({ id }: { id: string }): Promise<string> =>
      (
        await shop.rows<{ id: string }>(
          "SELECT id FROM transfer WHERE order_id = $1 ORDER BY proposed_at DESC, id DESC",
          [id],
        )
      )[0]?.id ?? "",
    listed: async (query: Record<string, string> = {}) =>
      (await listTransfers(shop.deps, ANNA, TransferListQuery.parse(query))).rows,
    async close() {
      await closeDeps(other);
      await shop.close();
    },
  };
}

export type TransferDesk = Awaited<ReturnType<typeof openTransferDesk>>;

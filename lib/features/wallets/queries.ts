import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { MovementKind } from "./rules";

interface Reads {
  readonly db: Db;
}

export interface WalletLine {
  readonly id: bigint;
  readonly kind: MovementKind;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly at: Date;
}

export interface WalletPage {
  readonly balances: readonly { readonly currency: Currency; readonly balanceMinor: bigint }[];
  readonly lines: readonly WalletLine[];
  /** Where the next page begins; null on the last one. */
  readonly next: bigint | null;
}

/** What an address has and how it came to it, the newest first. The caller has established that the asker reads its mail, or is an admin. */
export async function readWalletPage({ db }: Reads, email: string, before?: string): Promise<WalletPage> {
  const size = limits.walletEntriesPerPage;
  const [balances, lines] = await Promise.all([
    db.wallet.findMany({
      where: { email },
      orderBy: { currency: "asc" },
      select: { currency: true, balanceMinor: true },
    }),
    db.$queryRaw<WalletLine[]>`
      SELECT e.id, e.kind, e.amount_minor AS "amountMinor", e.currency, e.order_id AS "orderId", o.number AS "orderNumber", e.at
        FROM wallet w JOIN wallet_entry e ON e.wallet_id = w.id AND e.side = 'buyer' LEFT JOIN orders o ON o.id = e.order_id
       WHERE w.email = ${email} AND (${before ?? null}::bigint IS NULL OR e.id < ${before ?? null}::bigint)
       ORDER BY e.id DESC LIMIT ${size + 1}::int`,
  ]);
  const shown = lines.slice(0, size);
  return {
    balances: balances.map((one) => ({ ...one, currency: one.currency as Currency })),
    lines: shown,
    next: lines.length > size ? (shown.at(-1)?.id ?? null) : null,
  };
}

export interface WaitingAdjustment {
  readonly id: string;
  readonly email: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposerEmail: string | null;
  readonly proposedAt: Date;
}

/** Adjustments that wait for a second admin, the oldest first. */
export const listWaitingAdjustments = (
  { db }: Reads,
  _viewer: Extract<Viewer, { kind: "admin" }>,
): Promise<WaitingAdjustment[]> =>
  db.$queryRaw`
    SELECT a.id, a.email, a.currency, a.amount_minor AS "amountMinor", a.reason, a.proposed_by AS "proposedBy", u.email AS "proposerEmail",
           a.proposed_at AS "proposedAt"
      FROM wallet_adjustment a LEFT JOIN app_user u ON u.id = a.proposed_by WHERE a.status = 'proposed'
     ORDER BY a.proposed_at LIMIT ${limits.listRowsPerPage}::int`;

import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Db, Tx } from "@/lib/platform/db";
import { type MovementKind, sidesOf } from "./rules";

export interface Wallet {
  readonly id: string;
  readonly email: string;
  readonly currency: Currency;
  readonly balanceMinor: bigint;
}

export interface WalletOwner {
  readonly email: string;
  readonly currency: Currency;
}

/** An address's wallet in one currency, or null: it begins with its first credit. */
export async function findWallet(db: Db | Tx, { email, currency }: WalletOwner): Promise<Wallet | null> {
  const row = await db.wallet.findUnique({
    where: { email_currency: { email, currency } },
    select: { id: true, email: true, currency: true, balanceMinor: true },
  });
  return row && { ...row, currency: row.currency as Currency };
}

/** The same, made when it is not there; two who make it at once get one. */
export async function openWallet(tx: Tx, { email, currency }: WalletOwner): Promise<Wallet> {
  await tx.$executeRaw`
    INSERT INTO wallet (id, email, currency) VALUES (${newId()}::uuid, ${email}, ${currency}) ON CONFLICT (email, currency) DO NOTHING`;
  const wallet = await findWallet(tx, { email, currency });
  assert(wallet, "the wallet was made or was there");
  return wallet;
}

export interface Movement {
  readonly walletId: string;
  readonly kind: MovementKind;
  /** What the buyer gets; below zero: what he gives. */
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** The intention: asked for twice, it happens once. */
  readonly requestKey: string;
  /** Of a payment and a refund. */
  readonly orderId: string | null;
}

export interface Posted {
  readonly movementId: string;
  readonly isNew: boolean;
}

interface Known {
  readonly movementId: string;
  readonly walletId: string;
  readonly amountMinor: bigint;
}

/**
 * Moves money into or out of a wallet: both sides and the balance, or nothing. The wallet's lock is taken before the intention is looked
 * up, so that of two tabs one moves it and the other one finds it moved. Never below zero: the update asks for it, and so does a CHECK.
 */
export async function postMovement(
  tx: Tx,
  movement: Movement,
): Promise<Result<Posted, "insufficient_balance" | "request_conflict">> {
  const { walletId, kind, amountMinor, currency, requestKey, orderId } = movement;
  assert(amountMinor !== 0n, "a movement moves something");
  await tx.$queryRaw`SELECT 1 FROM wallet WHERE id = ${walletId}::uuid FOR NO KEY UPDATE`;
  const [known] = await tx.$queryRaw<Known[]>`
    SELECT movement_id AS "movementId", wallet_id AS "walletId", amount_minor AS "amountMinor"
      FROM wallet_entry WHERE request_key = ${requestKey} AND side = 'buyer'`;
  if (known) {
    const isSame = known.walletId === walletId && known.amountMinor === amountMinor;
    return isSame ? ok({ movementId: known.movementId, isNew: false }) : err("request_conflict");
  }
  const movementId = newId();
  const [buyer, house] = sidesOf(kind, amountMinor);
  const written = await tx.$executeRaw`
    WITH moved AS (
      UPDATE wallet SET balance_minor = balance_minor + ${amountMinor}::bigint
       WHERE id = ${walletId}::uuid AND currency = ${currency} AND balance_minor + ${amountMinor}::bigint >= 0
      RETURNING id, date_trunc('milliseconds', clock_timestamp()) AS at)
    INSERT INTO wallet_entry (movement_id, wallet_id, side, book, kind, amount_minor, currency, request_key, order_id, at)
    SELECT ${movementId}::uuid, moved.id, s.side, s.book, ${kind}, s.amount_minor, ${currency}, ${requestKey}, ${orderId}::uuid, moved.at
      FROM moved CROSS JOIN (VALUES (1, ${buyer.side}, ${buyer.book}, ${buyer.amountMinor}::bigint),
                                    (2, ${house.side}, ${house.book}, ${house.amountMinor}::bigint)) AS s (n, side, book, amount_minor)
     ORDER BY s.n`;
  if (written === 0) return err("insufficient_balance");
  assert(written === 2, "a movement has two sides");
  return ok({ movementId, isNew: true });
}

/** The wallet that paid an attempt out of its balance, or null. */
export async function findPayer(tx: Tx, attemptId: string): Promise<Wallet | null> {
  const rows = await tx.$queryRaw<Wallet[]>`
    SELECT w.id, w.email, w.currency, w.balance_minor AS "balanceMinor"
      FROM wallet_entry e JOIN wallet w ON w.id = e.wallet_id WHERE e.request_key = ${paymentKey(attemptId)} AND e.side = 'buyer'`;
  return rows[0] ?? null;
}

/** The intention to pay an attempt: there is one, however many tabs have it. */
export const paymentKey = (attemptId: string): string => `payment:${attemptId}`;
/** The intention to give a refund to a balance. */
export const refundKey = (refundId: string): string => `refund:${refundId}`;
/** The intention behind an admin's adjustment. */
export const adjustmentKey = (adjustmentId: string): string => `adjustment:${adjustmentId}`;

import type { Tx } from "@/lib/platform/db";
import { CARD_CHECKS } from "./checks/cards";
import { type Check, type CheckContext, statementOf } from "./checks/check";
import { ORDER_CHECKS } from "./checks/orders";
import { PAYMENT_CHECKS } from "./checks/payments";
import { REFUND_CHECKS } from "./checks/refunds";
import { ROW_CHECKS } from "./checks/rows";
import { BLOCK_CHECKS, type BlockWindow, FEE_CHECKS, STANDING_CHECKS, WALLET_CHECKS } from "./checks/standing";
import type { FoundDifference } from "./renew-findings";
import type { AccountDay, IdWindow, RowWindow } from "./window";

/** What is compared together, and how its rows are named. */
export interface Windows {
  readonly orders: IdWindow;
  readonly cards: IdWindow;
  readonly payments: IdWindow;
  readonly rows: RowWindow;
  readonly refunds: IdWindow;
  readonly wallets: IdWindow;
  readonly blocks: BlockWindow;
  readonly fees: readonly AccountDay[];
  readonly standing: null;
}
export type Group = keyof Windows;

/** Every comparison there is. */
const CHECKS: { readonly [G in Group]: readonly Check<Windows[G]>[] } = {
  orders: ORDER_CHECKS,
  cards: CARD_CHECKS,
  payments: PAYMENT_CHECKS,
  rows: ROW_CHECKS,
  refunds: REFUND_CHECKS,
  wallets: WALLET_CHECKS,
  blocks: BLOCK_CHECKS,
  fees: FEE_CHECKS,
  standing: STANDING_CHECKS,
};

/**
 * The statements of a comparison walk ranges by their indexes. Statistics that were made before a table grew would have them read the whole
 * of it for each step, and compiling a statement that runs for milliseconds costs more than it gains. A list of ids is planned for itself: a
 * plan for any list takes it for ten, and joins five thousand to five thousand one by one. A range is planned for any range: of one that is
 * narrower than a bar of the histogram the statistics say that it holds one row.
 */
export const prepare = (tx: Tx, windows: "lists" | "ranges"): Promise<unknown> =>
  tx.$queryRaw`SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '32MB', true),
                      set_config('plan_cache_mode', ${windows === "lists" ? "force_custom_plan" : "force_generic_plan"}, true)`;

/** Compares some rows with all that belongs to them, and returns every difference; one statement judges one view of the shop. */
export async function compare<G extends Group>(
  tx: Tx,
  group: G,
  window: Windows[G],
  context: CheckContext,
): Promise<FoundDifference[]> {
  const found = await tx.$queryRaw<FoundDifference[]>(statementOf(CHECKS[group], window, context));
  return found.map(graver);
}

/** A payment that rests on a notice alone, and that the gateway's books do not have, was forged by whoever knows the key. */
const graver = (one: FoundDifference): FoundDifference =>
  one.kind === "local_only" && one.detail.heardBy === "notice" ? { ...one, severity: "critical" } : one;

/** The same difference, found from two sides, is one. */
export const keyOf = ({ kind, subject }: Pick<FoundDifference, "kind" | "subject">): string => `${kind} ${subject}`;

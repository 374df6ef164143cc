import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { INVARIANTS } from "./catalog";
import { nothingFound } from "./position";
import { byProduct, subjectsOf } from "./products";
import { type InvariantResult, judgeOne, judgeWindow, type OffendingRow } from "./run-audit";
import { setUp, withSnapshot } from "./snapshot";
import { close } from "./subjects";

export interface Recheck {
  readonly invariant: string;
  readonly productId: string | null;
  /** The rows that were found broken. */
  readonly rows: readonly OffendingRow[];
  /** Found by a full pass, so that only the full query tells whether it is gone. */
  readonly pass: "continuous" | "full";
}

/**
 * The rows that break an invariant now, of those that a finding is about: the same query, asked about the orders, cards and
 * batches that the rows name, and of all rows when only a full pass can have seen it. Null when it could not be answered in time.
 */
export async function recheck(databaseUrl: string, question: Recheck): Promise<readonly OffendingRow[] | null> {
  const invariant = INVARIANTS.find(({ id }) => id === question.invariant);
  if (!invariant) return null;
  return withSnapshot(databaseUrl, { statementMs: limits.auditRecheckMs }, async (client) => {
    const named = subjectsOf(invariant, question.rows);
    const found = { ...nothingFound(), orders: named.order, cards: named.card, batches: named.batch };
    const subjects = await close(client, { ...found, countedBatches: named.batch, events: named.event }, null);
    const results = [await judgeWindow(client, invariant, subjects)];
    if (question.pass === "full" || results[0] === null) results.push(await ofProduct(client, question));
    const answered = results.filter((result) => result !== null);
    if (answered.some(({ failure }) => failure !== null)) return null;
    return answered.flatMap(({ rows }) => rows);
  });
}

/** The full query's rows that concern the product. */
async function ofProduct(client: pg.ClientBase, { invariant: id, productId }: Recheck): Promise<InvariantResult> {
  const invariant = INVARIANTS.find((one) => one.id === id)!;
  await setUp(client, limits.auditRecheckMs, true);
  const result = await judgeOne(client, invariant, limits.auditRowsActedOn);
  if (productId === null) return result;
  const grouped = await byProduct(client, invariant, result.rows);
  return { ...result, rows: grouped.get(productId) ?? [] };
}

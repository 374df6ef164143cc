import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { PLACE_SQL } from "@/lib/flows/hot/place-statement";
import { SETTLE_SQL } from "@/lib/flows/hot/settle-statement";
import { rowOf } from "@/lib/flows/settle-payment";
import type { Db } from "@/lib/platform/db";
import { median } from "./figures";
import type { Options } from "./options";
import { type BenchShop, draftOrders, openVariant, restock } from "./shop";

/** What one step of a statement costs for each order of a batch. */
export interface Step {
  readonly step: string;
  readonly us: number;
}

/** Where Postgres's time goes in one of the two statements, as its own EXPLAIN ANALYZE tells, which costs time itself. */
export interface StatementCost {
  readonly statement: "place" | "settle";
  readonly batch: number;
  /** Of the whole statement, for each order. */
  readonly us: number;
  readonly buffers: number;
  readonly walBytes: number;
  /** The costliest first. */
  readonly steps: readonly Step[];
}

const BATCH = 64;
const ROUNDS = 15;
const SMOKE_ROUNDS = 2;
/** Steps that cost less are told as one. */
const SHOWN = 8;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Subplan Name"?: string;
  readonly "Actual Total Time": number;
  readonly "Actual Loops": number;
  readonly Plans?: readonly PlanNode[];
}
interface Explained {
  readonly Plan: PlanNode & {
    readonly "Shared Hit Blocks": number;
    readonly "Shared Read Blocks": number;
    readonly "WAL Bytes": number;
  };
  readonly "Execution Time": number;
  readonly Triggers: readonly { readonly "Trigger Name": string; readonly Time: number }[];
}

const totalMs = (node: PlanNode): number => node["Actual Total Time"] * node["Actual Loops"];

/**
 * Adds up what each common table expression does itself. A scan of one is left out: its time is that of the expression it
 * pulls rows from, which stands in the plan by itself.
 */
export function addSteps(node: PlanNode, step: string, sums: Map<string, number>): void {
  const children = node.Plans ?? [];
  const within = children.filter((child) => !child["Subplan Name"]?.startsWith("CTE "));
  if (node["Node Type"] !== "CTE Scan") {
    const own = totalMs(node) - within.reduce((sum, child) => sum + totalMs(child), 0);
    // Below zero where a question was answered further down than it stands in the plan: it evens out within the expression.
    sums.set(step, (sums.get(step) ?? 0) + own);
  }
  for (const child of children) {
    const name = child["Subplan Name"];
    addSteps(child, name?.startsWith("CTE ") ? name.slice(4) : step, sums);
  }
}

async function explain(hot: Db, sql: string, values: readonly string[]): Promise<Explained> {
  const rows = await hot.$queryRawUnsafe<{ "QUERY PLAN": [Explained] }[]>(
    `EXPLAIN (ANALYZE, BUFFERS, WAL, FORMAT JSON) ${sql}`,
    ...values,
  );
  return rows[0]!["QUERY PLAN"][0];
}

function summarize(statement: StatementCost["statement"], rounds: readonly Explained[]): StatementCost {
  const all = rounds.map((round) => {
    const sums = new Map<string, number>();
    addSteps(round.Plan, "the answer", sums);
    for (const { "Trigger Name": name, Time } of round.Triggers) sums.set(`trigger ${name}`, Time);
    return sums;
  });
  const perOrder = (values: readonly number[]): number => median(values) / BATCH;
  const names = [...new Set(all.flatMap((sums) => [...sums.keys()]))];
  const steps = names
    .map((step) => ({ step, us: perOrder(all.map((sums) => (sums.get(step) ?? 0) * 1_000)) }))
    .sort((a, b) => b.us - a.us);
  const rest = steps.slice(SHOWN).reduce((sum, { us }) => sum + us, 0);
  return {
    statement,
    batch: BATCH,
    us: perOrder(rounds.map((round) => round["Execution Time"] * 1_000)),
    buffers: perOrder(rounds.map(({ Plan }) => Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"])),
    walBytes: perOrder(rounds.map(({ Plan }) => Plan["WAL Bytes"])),
    steps: [...steps.slice(0, SHOWN), { step: `${Math.max(0, steps.length - SHOWN)} others`, us: rest }],
  };
}

const numbered = (rows: readonly object[]): string => JSON.stringify(rows.map((row, n) => ({ n, ...row })));

async function explainPlace(shop: BenchShop): Promise<Explained> {
  const drafts = await draftOrders(shop, BATCH);
  const lines = JSON.stringify(drafts.flatMap((draft) => draft.lines));
  return explain(shop.deps.hot, PLACE_SQL, [numbered(drafts.map(({ row }) => row)), lines]);
}

async function explainSettle(shop: BenchShop): Promise<Explained> {
  const drafts = await draftOrders(shop, BATCH);
  for (const { verdict } of await Promise.all(drafts.map((draft) => placeThroughBatch(shop.deps, draft))))
    if (verdict !== "placed") throw new Error(`an order to be paid was ${verdict}`);
  const rows = drafts.map(({ row }) =>
    rowOf(
      {
        accountRef: "1000",
        outTradeNo: row.out_trade_no,
        gatewayTradeNo: `T${row.out_trade_no}`,
        amount: { amountMinor: BigInt(row.total_minor), currency: "CNY" },
        method: "alipay",
        evidence: [["trade_status", "TRADE_SUCCESS"]],
      },
      { accountId: shop.accountId, source: "notice" },
    ),
  );
  return explain(shop.deps.hot, SETTLE_SQL, [numbered(rows), "[]"]);
}

/** Explains both statements at work, on batches of a crowd's size. What they write stays. */
export async function benchSteps(
  shop: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<StatementCost[]> {
  const sale = await openVariant(shop);
  const rounds = options.isSmoke ? SMOKE_ROUNDS : ROUNDS;
  await restock(sale, (2 * rounds + 1) * BATCH);
  const places: Explained[] = [];
  const settles: Explained[] = [];
  for (let round = 0; round < rounds; round++) {
    places.push(await explainPlace(sale));
    settles.push(await explainSettle(sale));
  }
  const costs = [summarize("place", places), summarize("settle", settles)];
  for (const { statement, us, walBytes } of costs)
    tell(`steps  ${statement}: ${us.toFixed(0)} µs and ${walBytes.toFixed(0)} bytes of log for each order of ${BATCH}`);
  return costs;
}

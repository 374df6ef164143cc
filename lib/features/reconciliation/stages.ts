import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { CheckContext } from "./checks/check";
import { compare } from "./compare";
import type { FoundDifference } from "./renew-findings";
import type { RunMode, RunScope } from "./runs";
import { type AccountDay, FIRST_ID, idAt, LAST_ID } from "./window";

/** The parts of a run, in their order. */
export const STAGES = [
  "orders",
  "cards",
  "payments",
  "rows",
  "refunds",
  "fees",
  "wallets",
  "blocks",
  "standing",
  "order",
  "closing",
] as const;
export type Stage = (typeof STAGES)[number];

/** Where a run stands within a stage; empty at its beginning. */
export type Place = Readonly<Record<string, unknown>>;

/** What one step of a stage has compared, and where the next one begins; null when the stage is over. */
export interface Compared {
  readonly found: readonly FoundDifference[];
  readonly compared: number;
  readonly next: Place | null;
}

/** What a stage is told beside where it stands. */
export interface StageContext {
  readonly scope: RunScope;
  readonly check: CheckContext;
  /** The days whose fees are to be looked at, each account's in order. */
  readonly days: readonly AccountDay[];
  /** Steps are this many times smaller than they might be: more after one that took too long. */
  readonly part: number;
}

const smaller = (size: number, { part }: Pick<StageContext, "part">): number => Math.max(1, Math.ceil(size / part));

/** What a run goes through: what has no time of its own only when no time is asked for, or once a day. */
export function stagesOf(mode: RunMode, { from, to, merchantId, accountId, orderId }: RunScope): readonly Stage[] {
  if (orderId) return ["order"];
  if (accountId) return ["payments", "rows", "refunds", "fees", "standing", "closing"];
  const hasTime = from !== undefined || to !== undefined;
  if (hasTime && mode !== "daily") return ["orders", "payments", "rows", "refunds", "fees", "standing", "closing"];
  if (merchantId) return ["orders", "cards", "payments", "rows", "refunds", "fees", "standing", "closing"];
  return ["orders", "cards", "payments", "rows", "refunds", "fees", "wallets", "blocks", "standing", "closing"];
}

/** Ids are made by the application's clock, which may be wrong by this much. */
const SKEW_MS = 3 * 3_600_000;

/** Stages that walk a table by its ids. `hasTime`: its ids rise with the time that a run may be narrowed to. */
const BY_ID = {
  orders: { table: "orders", hasTime: true, size: limits.reconcileOrdersPerStep },
  cards: { table: "card", hasTime: false, size: limits.reconcileCardsPerStep },
  payments: { table: "payment", hasTime: true, size: limits.reconcilePaymentsPerStep },
  refunds: { table: "refund", hasTime: true, size: limits.reconcilePaymentsPerStep },
  wallets: { table: "wallet", hasTime: false, size: limits.reconcileWalletsPerStep },
} as const;
type IdStage = keyof typeof BY_ID;

const isById = (stage: Stage): stage is IdStage => stage in BY_ID;

/** From which id to which a stage goes. */
function boundsOf(stage: IdStage, { from, to }: RunScope): { readonly after: string; readonly until: string } {
  if (!BY_ID[stage].hasTime) return { after: FIRST_ID, until: LAST_ID };
  return {
    after: from ? idAt(Date.parse(from) - SKEW_MS) : FIRST_ID,
    until: to ? idAt(Date.parse(to) + SKEW_MS) : LAST_ID,
  };
}

const textOf = (place: Place, name: string): string | null =>
  typeof place[name] === "string" ? (place[name] as string) : null;
const numberOf = (place: Place, name: string): number =>
  typeof place[name] === "number" ? (place[name] as number) : 0;

async function stepById(tx: Tx, stage: IdStage, place: Place, context: StageContext): Promise<Compared> {
  const { scope, check } = context;
  const { table } = BY_ID[stage];
  const size = smaller(BY_ID[stage].size, context);
  const bounds = boundsOf(stage, scope);
  const after = textOf(place, "after") ?? bounds.after;
  const [page] = await tx.$queryRaw<[{ count: number; last: string | null }]>`
    SELECT count(*)::int AS count, max(id::text COLLATE "C") AS last
      FROM (SELECT t.id FROM ${Prisma.raw(table)} t WHERE t.id > ${after}::uuid AND t.id <= ${bounds.until}::uuid ORDER BY t.id LIMIT ${size}::int) page`;
  if (page.last === null) return { found: [], compared: 0, next: null };
  const found = await compare(tx, stage, { after, until: page.last }, check);
  return { found, compared: page.count, next: page.count < size ? null : { after: page.last } };
}

interface FileToRead {
  readonly id: string;
  readonly lines: number;
}

/** The next kept file behind one that tells of the time and the account of the run. */
async function nextFile(tx: Tx, after: string, { from, to, accountId }: RunScope): Promise<FileToRead | null> {
  const [file] = await tx.$queryRaw<FileToRead[]>`
    SELECT s.id::text, s.stored_line AS lines FROM statement_file s
     WHERE s.id > ${after}::uuid AND s.state = 'kept' AND s.format <> 'wechat_funds' AND s.stored_line > 0
       AND (${accountId ?? null}::text IS NULL OR s.account_id = ${accountId ?? null}::text)
       AND (${from ?? null}::timestamptz IS NULL OR s.last_at >= ${from ?? null}::timestamptz)
       AND (${to ?? null}::timestamptz IS NULL OR s.first_at <= ${to ?? null}::timestamptz)
     ORDER BY s.id LIMIT 1`;
  return file ?? null;
}

/** Some lines of one large file, or several small files whole. */
async function stepRows(tx: Tx, place: Place, context: StageContext): Promise<Compared> {
  const { scope, check } = context;
  const size = smaller(limits.reconcileRowsPerStep, context);
  const found: FoundDifference[] = [];
  let file = textOf(place, "file");
  let line = numberOf(place, "line");
  let lines = numberOf(place, "lines");
  let left = size;
  for (let files = 0; files < limits.reconcileFilesPerStep && left > 0; files += 1) {
    if (file === null || line >= lines) {
      const next = await nextFile(tx, file ?? FIRST_ID, scope);
      if (!next) return { found, compared: size - left, next: null };
      [file, line, lines] = [next.id, 0, next.lines];
    }
    const untilLine = Math.min(lines, line + left);
    found.push(...(await compare(tx, "rows", { fileId: file, afterLine: line, untilLine }, check)));
    left -= untilLine - line;
    line = untilLine;
  }
  return { found, compared: size - left, next: { file, line, lines } };
}

async function stepFees(tx: Tx, place: Place, context: StageContext): Promise<Compared> {
  const { days, check } = context;
  const at = numberOf(place, "at");
  const some = days.slice(at, at + smaller(limits.reconcileDaysPerStep, context));
  if (some.length === 0) return { found: [], compared: 0, next: null };
  const end = at + some.length;
  const found = await compare(tx, "fees", some, check);
  return { found, compared: some.length, next: end < days.length ? { at: end } : null };
}

async function stepBlocks(tx: Tx, place: Place, { check }: StageContext): Promise<Compared> {
  const after = BigInt(textOf(place, "after") ?? "0");
  const [page] = await tx.$queryRaw<[{ last: bigint | null; count: number }]>`
    SELECT max(number) AS last, count(*)::int AS count
      FROM (SELECT number FROM stock_block WHERE number > ${after}::bigint ORDER BY number LIMIT ${limits.reconcileBlocksPerStep}::int) page`;
  if (page.last === null) return { found: [], compared: 0, next: null };
  const found = await compare(tx, "blocks", { after, until: page.last }, check);
  const isOver = page.count < limits.reconcileBlocksPerStep;
  return { found, compared: page.count, next: isOver ? null : { after: page.last.toString() } };
}

/** One step of a stage that compares; `order` and `closing` ask again about subjects (recheck.ts). */
export async function stepOf(
  tx: Tx,
  stage: Exclude<Stage, "order" | "closing">,
  place: Place,
  context: StageContext,
): Promise<Compared> {
  if (isById(stage)) return stepById(tx, stage, place, context);
  if (stage === "rows") return stepRows(tx, place, context);
  if (stage === "fees") return stepFees(tx, place, context);
  if (stage === "blocks") return stepBlocks(tx, place, context);
  return { found: await compare(tx, "standing", null, context.check), compared: 0, next: null };
}

/** How many steps the stages of a run come to, about: for whoever watches. Tables that no time narrows down are not counted, but known by their size. */
export async function foresee(tx: Tx, stages: readonly Stage[], { scope, days }: StageContext): Promise<number> {
  let steps = stages.length;
  for (const stage of stages) {
    if (isById(stage)) {
      const { table, size } = BY_ID[stage];
      const { after, until } = boundsOf(stage, scope);
      const isWhole = after === FIRST_ID && until === LAST_ID;
      const [row] = isWhole
        ? await tx.$queryRaw<
            [{ rows: number }]
          >`SELECT greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = ${table}::regclass`
        : await tx.$queryRaw<[{ rows: number }]>`
            SELECT count(*)::float8 AS rows FROM ${Prisma.raw(table)} t WHERE t.id > ${after}::uuid AND t.id <= ${until}::uuid`;
      steps += Math.floor(row.rows / size);
    }
    if (stage === "rows") {
      const [row] = await tx.$queryRaw<[{ rows: number }]>`
        SELECT coalesce(sum(stored_line), 0)::float8 AS rows FROM statement_file s WHERE s.state = 'kept' AND s.format <> 'wechat_funds'
           AND (${scope.accountId ?? null}::text IS NULL OR s.account_id = ${scope.accountId ?? null}::text)
           AND (${scope.from ?? null}::timestamptz IS NULL OR s.last_at >= ${scope.from ?? null}::timestamptz)`;
      steps += Math.floor(row.rows / limits.reconcileRowsPerStep);
    }
    if (stage === "fees") steps += Math.floor(days.length / limits.reconcileDaysPerStep);
  }
  return steps;
}

import { type OpenAccount, openAccounts } from "@/lib/features/payments/accounts";
import { transportOf } from "@/lib/features/payments/transport-of";
import {
  askForDay,
  type DayOutcome,
  keepLease,
  pauseAfter,
  planDays,
  putDownDay,
  type TakenDay,
  takeDueDay,
} from "@/lib/features/statements/days";
import { ageOfDay, DAY_MS, daysToHave, downloadFormatOf, isPageFormat } from "@/lib/features/statements/rules";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { spool } from "@/lib/platform/spool";
import { waitShortly } from "@/lib/platform/wait-shortly";
import { readStatementPages } from "./read-statement-pages";
import { canFetch, toStatementAccount } from "./statement-accounts";
import { storeStatement } from "./store-statement";

/** One line per account: what is being fetched for it, also when the run that began it is over. */
const linesOf = (deps: Deps) => ofDeps(deps, "statements.fetch-lines", () => new Map<string, Promise<void>>());

/** Resolves when nothing is being fetched any more: for a process that stops. */
export async function endOfFetches(deps: Deps): Promise<void> {
  await Promise.all(linesOf(deps).values());
}

/**
 * Has every day's statement of every active account, each once: a day is asked for when its gateway has it ready, and again, later and
 * later, while that fails. Accounts are asked side by side and a run waits for slow ones only shortly, so one that hangs delays no
 * other. Returns how many accounts were looked at.
 */
export async function fetchStatements(deps: Deps): Promise<number> {
  const lines = linesOf(deps);
  const accounts = [...(await openAccounts(deps)).values()].filter((account) => account.isActive && canFetch(account));
  const begun: Promise<void>[] = [];
  for (const account of accounts) {
    if (lines.has(account.id)) continue;
    const line = fetchAccount(deps, account)
      .catch((error: unknown) => deps.log.warn("statement.fetch_failed", { accountId: account.id }, error))
      .finally(() => lines.delete(account.id));
    lines.set(account.id, line);
    begun.push(line);
  }
  await waitShortly(begun, limits.statementRunMs);
  return begun.length;
}

async function fetchAccount(deps: Deps, account: OpenAccount): Promise<void> {
  await planDays(deps.db, account.id, daysToHave(account.kind, deps.clock.now(), limits.statementDaysBack));
  for (let count = 0; count < limits.statementDaysPerRun; count += 1) {
    const day = await takeDueDay(deps.db, account.id);
    if (!day) return;
    const outcome = await fetchDay(deps, account, day).catch((error: unknown): DayOutcome => {
      deps.log.warn("statement.fetch_failed", { accountId: account.id, day: day.day }, error);
      return failed(day, "unexpected");
    });
    await putDownDay(deps.db, day, outcome);
    const { state, failure } = outcome;
    if (failure !== null) deps.log.warn("statement.not_had", { accountId: account.id, day: day.day, failure });
    else deps.log.info("statement.had", { accountId: account.id, day: day.day, state });
    // A gateway that does not answer for one day does not for the next; the others wait for their turn.
    if (failure !== null) return;
  }
}

const failed = ({ tryCount }: TakenDay, failure: string, fileId: string | null = null): DayOutcome => {
  const againInSeconds = pauseAfter(tryCount);
  return { state: againInSeconds === null ? "failed" : "due", failure, fileId, againInSeconds };
};

const done = (fileId: string): DayOutcome => ({ state: "done", failure: null, fileId, againInSeconds: null });

async function fetchDay(deps: Deps, account: OpenAccount, day: TakenDay): Promise<DayOutcome> {
  const format = downloadFormatOf(account.kind);
  if (!format) return failed(day, "not_askable");
  if (!isPageFormat(format)) return fetchFile(deps, account, day);
  const read = await readStatementPages(deps, { account, format, day: day.day, goesOn: () => keepLease(deps.db, day) });
  return read.ok ? done(read.value.fileId) : failed(day, read.error);
}

async function fetchFile(deps: Deps, account: OpenAccount, day: TakenDay): Promise<DayOutcome> {
  const bill = await account.gateway.fetchBill?.(day.day, transportOf(deps));
  if (!bill) return failed(day, "not_askable");
  if (!bill.ok) return bill.error === "no_bill" ? empty(deps, account, day) : failed(day, bill.error);
  const file = await spool(oneOf(bill.value), { bytesMax: limits.statementFileBytesMax });
  if (!file.ok) return failed(day, "too_large");
  try {
    const stored = await storeStatement(deps, {
      account: toStatementAccount(account),
      file: file.value,
      source: "download",
      day: day.day,
      name: "",
      mapping: null,
      actor: { kind: "system" },
      goesOn: () => keepLease(deps.db, day),
    });
    if (stored.ok) return done(stored.value.id);
    return stored.error === "interrupted"
      ? failed(day, "interrupted")
      : failed(day, stored.error.reason, stored.error.fileId);
  } finally {
    await file.value.close();
  }
}

async function* oneOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Nobody paid that day, which is no failure; or the gateway is late with it, so a young day is asked for again. */
function empty(deps: Deps, account: OpenAccount, { day }: TakenDay): DayOutcome {
  const isYoung = ageOfDay(account.kind, day, deps.clock.now()) < limits.statementEmptyAskDays * DAY_MS;
  const againInSeconds = isYoung ? limits.statementEmptyAskHours * 3_600 : null;
  return { state: "empty", failure: null, fileId: null, againInSeconds };
}

/** Has one day asked for anew, whatever is known of it, with the next run of the job. A day that is not over is refused. */
export async function askForStatement(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  { accountId, day }: { readonly accountId: string; readonly day: string },
): Promise<Result<null, "not_found" | "out_of_range">> {
  const account = (await openAccounts(deps)).get(accountId);
  if (!account || !canFetch(account)) return err("not_found");
  const isDay = new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true;
  if (!isDay || day > (daysToHave(account.kind, deps.clock.now(), 1)[0] ?? "")) return err("out_of_range");
  return inTransaction(deps.db, async (tx) => {
    await askForDay(tx, accountId, day);
    const subject = { subjectKind: "gateway_account", subjectId: accountId };
    await recordAudit(tx, { actor: viewer, action: "statement.asked_for", ...subject, detail: { day } });
    return ok(null);
  });
}

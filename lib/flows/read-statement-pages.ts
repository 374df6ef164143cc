import type { OpenAccount } from "@/lib/features/payments/accounts";
import type { StatementPage, UnknownReason } from "@/lib/features/payments/gateways/port";
import { fromStripe } from "@/lib/features/payments/gateways/stripe/amounts";
import { transportOf } from "@/lib/features/payments/transport-of";
import { readPage } from "@/lib/features/statements/parse-pages";
import { boundsOfDay, DAY_MS, type PageFormat, type Taken } from "@/lib/features/statements/rules";
import { addChunk, type Chunk, keepFile, type OpenedFile, openFile, reportOf } from "@/lib/features/statements/store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface ReadPages {
  readonly account: OpenAccount;
  readonly format: PageFormat;
  readonly day: string;
  /** Called with each page; false ends the reading, which whoever comes next goes on with. */
  readonly goesOn: () => Promise<boolean>;
}

export type PagesRefusal = UnknownReason | "interrupted";

/**
 * Reads the list of one day page by page, and each page is on record before the next one is asked for: killed anywhere, the reading
 * goes on behind the last page, or begins again where the gateway's pages have no names, and no row is there twice.
 */
export async function readStatementPages(
  deps: Deps,
  { account, format, day, goesOn }: ReadPages,
): Promise<Result<{ readonly fileId: string; readonly rowCount: number }, PagesRefusal>> {
  const { statementPages } = account.gateway;
  if (!statementPages) return err("not_askable");
  const opened = await inTransaction<OpenedFile, never>(deps.db, async (tx) =>
    ok(await openFile(tx, draftOf(account.id, format, day))),
  );
  if (!opened.ok) return opened;
  const { id: fileId, cursor, storedLine } = opened.value;
  const window = { ...windowOf(account.kind, day), after: cursor };
  let line = storedLine;
  let hasAsked = false;
  for await (const page of statementPages(window, transportOf(deps))) {
    hasAsked = true;
    if (!page.ok) return page;
    const chunk = chunkOf(format, page.value, { line, now: deps.clock.now() });
    if (!chunk) return err("unreadable");
    const added = await inTransaction(deps.db, async (tx) => ok(await addChunk(tx, fileId, chunk)));
    if (!added.ok || added.value !== "added" || !(await goesOn())) return err("interrupted");
    line = chunk.line;
    if (page.value.isLast) return keep(deps, { accountId: account.id, day, format, fileId, line });
  }
  // Killed behind the last page: there is nothing left to ask for.
  const isOver = !hasAsked && cursor !== null;
  return isOver ? keep(deps, { accountId: account.id, day, format, fileId, line }) : err("unreadable");
}

const draftOf = (accountId: string, format: PageFormat, day: string) =>
  ({
    id: newId(),
    accountId,
    source: "download",
    format,
    day,
    name: "",
    sha256: null,
    byteCount: 0,
    columns: [],
    mapping: null,
    uploadedBy: null,
  }) as const;

/** EPay lists orders by when they were made: what was made before and paid since is found by looking back further. */
function windowOf(gateway: string, day: string): { readonly from: number; readonly to: number } {
  const { from, to } = boundsOfDay(gateway, day);
  return { from: gateway === "epay" ? from - limits.statementOverlapDays * DAY_MS : from, to };
}

/** An empty page is a line of its own: what is in is counted by lines, and a page that is in must not be asked for again. */
function chunkOf(format: PageFormat, page: StatementPage, { line, now }: { line: number; now: number }): Chunk | null {
  const taken = readPage(format, page.text, { line: line + 1, now, fromUnits: fromStripe });
  if (!taken) return null;
  const last = line + Math.max(1, taken.length);
  return {
    rows: taken.flatMap((one) => (isObject(one) && "row" in one ? [one.row] : [])),
    rejects: taken.flatMap((one) => (isObject(one) && "reject" in one ? [one.reject] : [])),
    passed: taken.filter((one) => one === "passed").length,
    from: line,
    line: last,
    cursor: page.cursor,
  };
}

const isObject = (taken: Taken): taken is Exclude<Taken, null | string> => typeof taken === "object" && taken !== null;

interface Keeping {
  readonly accountId: string;
  readonly day: string;
  readonly format: PageFormat;
  readonly fileId: string;
  readonly line: number;
}

async function keep(
  deps: Deps,
  { accountId, day, format, fileId, line }: Keeping,
): Promise<Result<{ readonly fileId: string; readonly rowCount: number }, PagesRefusal>> {
  return inTransaction<{ readonly fileId: string; readonly rowCount: number }, PagesRefusal>(deps.db, async (tx) => {
    const closing = { columns: [], stated: {}, counted: {} };
    if (!(await keepFile(tx, fileId, { line, closing }))) return err("interrupted");
    const { rowCount, knownCount, rejectedCount } = await reportOf(tx, fileId);
    await recordAudit(tx, {
      actor: { kind: "system" },
      action: "statement.kept",
      subjectKind: "statement_file",
      subjectId: fileId,
      detail: { accountId, source: "download", day, format, rowCount, knownCount, rejectedCount },
    });
    return ok({ fileId, rowCount });
  });
}

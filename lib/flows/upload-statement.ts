import { type Inspected, inspect } from "@/lib/features/statements/inspect";
import { findMapping } from "@/lib/features/statements/queries";
import { type Lines, readStatement } from "@/lib/features/statements/read-statement";
import type { Refused, RejectedLine, StatementRow } from "@/lib/features/statements/rules";
import type { Mapping } from "@/lib/features/statements/schema";
import { type Suggested, suggestMapping } from "@/lib/features/statements/suggest";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { spool } from "@/lib/platform/spool";
import { findStatementAccount } from "./statement-accounts";
import { type Stored, type StoreRefusal, storeStatement } from "./store-statement";

type Admin = Extract<Viewer, { kind: "admin" }>;

export interface UploadStatement {
  readonly accountId: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly name: string;
  readonly mapping: Mapping | null;
}

export type UploadRefusal = "not_found" | "file_too_large" | StoreRefusal;

/** Takes a statement that a person has: kept whole and once, or refused with the line, as `storeStatement` does it. */
export async function uploadStatement(
  deps: Deps,
  viewer: Admin,
  { accountId, source, name, mapping }: UploadStatement,
): Promise<Result<Stored, UploadRefusal>> {
  const account = await findStatementAccount(deps, accountId);
  if (!account) return err("not_found");
  const file = await spool(source, { bytesMax: limits.statementFileBytesMax });
  if (!file.ok) return err("file_too_large");
  try {
    const command = { account, file: file.value, source: "upload", day: null, name, mapping, actor: viewer } as const;
    return await storeStatement(deps, command);
  } finally {
    await file.value.close();
  }
}

/** What a file looks like, before anything of it is kept. */
export interface Preview {
  /** Null: somebody must say what its columns are. */
  readonly format: Inspected["format"] | "mapped_csv";
  readonly encoding: Inspected["encoding"];
  /** The first lines as they stand there. */
  readonly lines: readonly string[];
  /** The first rows as they would be kept, under the mapping that was given. */
  readonly rows: readonly StatementRow[];
  readonly rejects: readonly RejectedLine[];
  readonly refused: Refused | null;
  /** Where somebody must say: a guess, and the names of the columns under it. */
  readonly suggested: Suggested | null;
}

export type PreviewRefusal = "not_found" | "file_too_large" | Refused["reason"];

/** Shows how a file would be read. What comes may be its beginning only, where it is not an archive; nothing is kept. */
export async function previewStatement(
  deps: Deps,
  _viewer: Admin,
  { accountId, source, mapping }: Omit<UploadStatement, "name">,
): Promise<Result<Preview, PreviewRefusal>> {
  const account = await findStatementAccount(deps, accountId);
  if (!account) return err("not_found");
  const file = await spool(source, { bytesMax: limits.billBytesMax });
  if (!file.ok) return err("file_too_large");
  try {
    const inspected = await inspect(file.value);
    if (typeof inspected === "string") return err(inspected);
    const first: { rows: StatementRow[]; rejects: RejectedLine[] } = { rows: [], rejects: [] };
    const context = { now: deps.clock.now(), owner: account.owner };
    const read = await readStatement(file.value, { inspected, mapping }, context, (lines) => gatherFirst(first, lines));
    const { format, encoding, lines } = inspected;
    const isKnown = format !== null || mapping !== null;
    // The end of a beginning is no fault of the file.
    const isAtEnd = !read.ok && ["truncated", "control_mismatch", "unknown_format"].includes(read.error.reason);
    return ok({
      format: format ?? (mapping ? "mapped_csv" : null),
      encoding,
      lines: lines
        .slice(0, limits.statementPreviewRows + limits.statementSkippedLinesMax)
        .map((line) => line.slice(0, 1_000)),
      ...first,
      refused: isKnown && !read.ok && !isAtEnd ? read.error : null,
      suggested: format === null ? await suggest(deps, account.id, inspected) : null,
    });
  } finally {
    await file.value.close();
  }
}

/** As the same table was read before, or a guess. */
async function suggest(deps: Deps, accountId: string, { lines, encoding }: Inspected): Promise<Suggested> {
  const guess = suggestMapping(lines, encoding);
  const known = await findMapping(deps, accountId, guess.columns);
  return known ? { ...guess, mapping: known } : guess;
}

function gatherFirst(first: { rows: StatementRow[]; rejects: RejectedLine[] }, { rows, rejects }: Lines): boolean {
  first.rows.push(...rows.slice(0, limits.statementPreviewRows - first.rows.length));
  first.rejects.push(...rejects.slice(0, limits.statementPreviewRows - first.rejects.length));
  return first.rows.length < limits.statementPreviewRows;
}

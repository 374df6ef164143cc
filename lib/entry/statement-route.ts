import type { NextRequest } from "next/server";
import { findStatementFile, findUploading } from "@/lib/features/statements/queries";
import { rejectsAsCsv } from "@/lib/features/statements/rejects-csv";
import { StatementProgressQuery, UploadQuery } from "@/lib/features/statements/schema";
import { previewStatement, uploadStatement } from "@/lib/flows/upload-statement";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { storable } from "./storable";
import { answer, chunksOf, isFromOurPage, refuse } from "./upload";

const SentQuery = storable(UploadQuery);

type Admin = Extract<Viewer, { kind: "admin" }>;

/** The admin who asks; to anyone else there is nothing here. */
async function adminOf(): Promise<Result<Admin, "unauthorized" | "not_found">> {
  const session = await currentSession();
  if (!session) return err("unauthorized");
  return session.viewer.kind === "admin" ? ok(session.viewer) : err("not_found");
}

interface Sent {
  readonly deps: Deps;
  readonly admin: Admin;
  readonly query: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array>;
}

/** What came with a body from a page of ours, or the refusal. */
async function readSent(request: NextRequest): Promise<Sent | Response> {
  const deps = getDeps();
  const admin = await adminOf();
  if (!admin.ok) return refuse(admin.error);
  if (!isFromOurPage(request, deps)) return refuse("forbidden");
  if (Number(request.headers.get("content-length") ?? 0) > limits.statementFileBytesMax)
    return refuse("file_too_large");
  if (!request.body) return refuse("empty_file");
  return { deps, admin: admin.value, query: Object.fromEntries(request.nextUrl.searchParams), body: request.body };
}

/** Takes a statement as the raw body of a POST, kept whole and once, or refused with the line. */
export async function answerStatement(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (sent instanceof Response) return sent;
  const query = SentQuery.safeParse(sent.query);
  if (!query.success) return refuse("invalid");
  const { account: accountId, name, mapping } = query.data;
  try {
    const stored = await uploadStatement(sent.deps, sent.admin, {
      accountId,
      name,
      mapping,
      source: chunksOf(sent.body),
    });
    if (!stored.ok) return refuseStatement(stored.error);
    const { id, rowCount, knownCount, rejectedCount, passedCount, isRepeat } = stored.value;
    return answer({
      ok: true,
      file: toPublicId("statement", id),
      rowCount,
      knownCount,
      rejectedCount,
      passedCount,
      isRepeat,
    });
  } catch (error) {
    // Usually the browser went away in the middle; what is stored is stored once, and the same file goes on there.
    sent.deps.log.warn("statement.upload_failed", { accountId }, error);
    return refuse("interrupted");
  }
}

type Refusal = Extract<Awaited<ReturnType<typeof uploadStatement>>, { ok: false }>["error"];

function refuseStatement(error: Refusal): Response {
  if (typeof error === "string") return refuse(error);
  const { reason, line, fileId } = error;
  return refuse("statement_refused", { reason, line, file: fileId && toPublicId("statement", fileId) });
}

/** Shows how the beginning of a file would be read; nothing is kept. */
export async function answerStatementPreview(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (sent instanceof Response) return sent;
  const query = SentQuery.safeParse(sent.query);
  if (!query.success) return refuse("invalid");
  const { account: accountId, mapping } = query.data;
  const preview = await previewStatement(sent.deps, sent.admin, { accountId, mapping, source: chunksOf(sent.body) });
  if (!preview.ok) {
    const isOurs = preview.error === "not_found" || preview.error === "file_too_large";
    return isOurs ? refuse(preview.error) : refuse("statement_refused", { reason: preview.error, line: 0, file: null });
  }
  const rows = preview.value.rows.map(({ raw: _raw, amountMinor, ...row }) => ({
    ...row,
    amountMinor: amountMinor.toString(),
  }));
  return answer({ ok: true, ...preview.value, rows });
}

/** How far an upload of this person has got, from the file's own row: true on whichever process is asked. */
export async function answerStatementProgress(request: NextRequest): Promise<Response> {
  const admin = await adminOf();
  if (!admin.ok) return refuse(admin.error);
  const query = StatementProgressQuery.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!query.success) return refuse("invalid");
  const { account: accountId, after } = query.data;
  const file = await findUploading(getDeps(), admin.value, { accountId, after });
  return answer({ ok: true, lines: file?.storedLine ?? 0, status: file?.state ?? null });
}

/** The rejected lines of a file as a table to download. */
export async function answerRejectedLines(request: NextRequest, id: string): Promise<Response> {
  const admin = await adminOf();
  if (!admin.ok) return refuse(admin.error);
  const fileId = fromPublicId("statement", id);
  const file = fileId.ok ? await findStatementFile(getDeps(), admin.value, fileId.value) : null;
  if (!file) return refuse("not_found");
  const { statements: t } = getMessages(toLocale(request.nextUrl.searchParams.get("locale") ?? ""));
  return new Response(rejectsAsCsv(file, t.rejects, [t.file.line, t.file.reason, t.file.content]), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="rejected-${id}.csv"`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

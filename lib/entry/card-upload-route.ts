import type { NextRequest } from "next/server";
import { findUploadProgress } from "@/lib/features/imports/queries";
import { UploadDraft } from "@/lib/features/imports/schema";
import { findBatch } from "@/lib/features/merchants/batches";
import { rejectsAsCsv } from "@/lib/features/merchants/rejects-csv";
import { askReceived, cancelCardUpload, openCardUpload, receiveCardBytes } from "@/lib/flows/upload-cards";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { storable } from "./storable";
import { answer, chunksOf, isFromOurPage, refuse } from "./upload";

/*
 * Files of cards arrive by the tus protocol (1.0.0, with the extensions creation and termination): POST opens an upload, PATCH sends bytes
 * from an offset on, HEAD asks how far they are, DELETE ends it. Any client of that protocol that holds the session may speak it.
 */

const TUS = { "Tus-Resumable": "1.0.0", "Cache-Control": "no-store" };

interface Caller {
  readonly deps: Deps;
  readonly viewer: Viewer;
}

/** Whoever is signed in and calls from a page of ours, or the refusal. */
async function callerOf(request: NextRequest): Promise<Caller | Response> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  if (request.method !== "GET" && request.method !== "HEAD" && !isFromOurPage(request, deps))
    return refuse("forbidden");
  return { deps, viewer: session.viewer };
}

const numberIn = (request: NextRequest, header: string): number => {
  const value = request.headers.get(header) ?? "";
  return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
};

/** "name aGk=,variant dmFy" as the protocol writes it; what is not base64 decodes to what is refused. */
function metadataOf(request: NextRequest): Readonly<Record<string, string>> {
  const pairs = (request.headers.get("upload-metadata") ?? "").slice(0, 4_096).split(",");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = "", value = ""] = pair.trim().split(" ");
      return [key, Buffer.from(value, "base64").toString("utf8")];
    }),
  );
}

/** Opens an upload: `Upload-Length`, and in `Upload-Metadata` the file's name and the variant its cards are for. */
export async function openUploadRoute(request: NextRequest): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const { filename = "", variant = "" } = metadataOf(request);
  const byteCount = numberIn(request, "upload-length");
  if (byteCount > limits.importFileBytesMax) return refuse("file_too_large");
  if (byteCount === 0) return refuse("empty_file");
  const draft = storable(UploadDraft).safeParse({ variantId: variant, name: filename.slice(0, 200), byteCount });
  if (!draft.success) return refuse("invalid");
  const opened = await openCardUpload(caller.deps, caller.viewer, draft.data);
  if (!opened.ok) return refuse(opened.error);
  const id = toPublicId("upload", opened.value.uploadId);
  const Location = `/api/merchant/uploads/${id}`;
  return Response.json({ ok: true, upload: id }, { status: 201, headers: { ...TUS, Location } });
}

/** How far an upload has come. */
export async function askUploadRoute(request: NextRequest, id: string): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const uploadId = fromPublicId("upload", id);
  const received = uploadId.ok ? await askReceived(caller.deps, caller.viewer, uploadId.value) : null;
  if (!received) return new Response(null, { status: 404, headers: TUS });
  const headers = { ...TUS, "Upload-Offset": `${received.offset}`, "Upload-Length": `${received.byteCount}` };
  return new Response(null, { status: 200, headers });
}

/** Takes bytes from an offset on; the answer says where they end. */
export async function receiveUploadRoute(request: NextRequest, id: string): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const uploadId = fromPublicId("upload", id);
  const offset = numberIn(request, "upload-offset");
  if (!uploadId.ok) return refuse("not_found");
  if (Number.isNaN(offset) || !request.body) return refuse("invalid");
  try {
    const body = chunksOf(request.body);
    const received = await receiveCardBytes(caller.deps, caller.viewer, { uploadId: uploadId.value, offset, body });
    if (!received.ok) return received.error === "not_found" ? refuse("not_found") : refuse("offset_conflict");
    return new Response(null, { status: 204, headers: { ...TUS, "Upload-Offset": `${received.value.offset}` } });
  } catch (error) {
    // Usually the browser went away in the middle; it goes on from where it is asked.
    caller.deps.log.warn("upload.broken_off", { uploadId: uploadId.value }, error);
    return refuse("interrupted");
  }
}

/** Ends an upload, or its import. */
export async function cancelUploadRoute(request: NextRequest, id: string): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const uploadId = fromPublicId("upload", id);
  if (!uploadId.ok) return refuse("not_found");
  const cancelled = await cancelCardUpload(caller.deps, caller.viewer, uploadId.value);
  return cancelled.ok ? new Response(null, { status: 204, headers: TUS }) : refuse(cancelled.error);
}

/** How far an import is, from the counters of its batch: true on whichever process is asked. */
export async function askImportRoute(request: NextRequest, id: string): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const uploadId = fromPublicId("upload", id);
  const progress = uploadId.ok ? await findUploadProgress(caller.deps.db, caller.viewer, uploadId.value) : null;
  return progress ? answer({ ok: true, ...progress }) : refuse("not_found");
}

/** The lines of a batch that were refused, with the reasons, as a table to download. */
export async function answerRejects(request: NextRequest, id: string): Promise<Response> {
  const caller = await callerOf(request);
  if (caller instanceof Response) return caller;
  const batchId = fromPublicId("batch", id);
  const batch = batchId.ok
    ? await findBatch(caller.deps, caller.viewer, batchId.value, { rejects: limits.importRejectsKept })
    : null;
  if (!batch) return refuse("not_found");
  const { batch: t, labels } = getMessages(toLocale(request.nextUrl.searchParams.get("locale") ?? "")).merchant;
  return new Response(rejectsAsCsv(batch.rejects, labels.reject, [t.line, t.reason]), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="rejected-${id}.csv"`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

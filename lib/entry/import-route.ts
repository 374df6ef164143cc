import type { NextRequest } from "next/server";
import { findNewestBatch } from "@/lib/features/merchants/batches";
import { ImportQuery, ProgressQuery } from "@/lib/features/merchants/schema";
import { importCards } from "@/lib/flows/import-cards";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { answer, chunksOf, isFromOurPage, refuse } from "./upload";

/**
 * Takes a file of cards as the raw body of a POST and imports it as a draft while it arrives: the next piece is read when
 * the last one is stored, so memory is bounded however large the file and however fast the sender.
 */
export async function answerImport(request: NextRequest): Promise<Response> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  if (!isFromOurPage(request, deps)) return refuse("forbidden");
  const query = ImportQuery.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!query.success) return refuse("invalid");
  if (Number(request.headers.get("content-length") ?? 0) > limits.importFileBytesMax) return refuse("file_too_large");
  if (!request.body) return refuse("empty_file");
  return runImport(deps, session.viewer, { ...query.data, body: request.body });
}

interface Import {
  readonly variant: string;
  readonly note: string;
  readonly body: ReadableStream<Uint8Array>;
}

async function runImport(deps: Deps, viewer: Viewer, { variant, note, body }: Import): Promise<Response> {
  try {
    const imported = await importCards(deps, {
      variantId: variant,
      merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
      source: chunksOf(body),
      actor: viewer,
      note,
      publish: false,
    });
    if (!imported.ok) return refuse(imported.error);
    const { batchId, ...report } = imported.value;
    return answer({ ok: true, batch: toPublicId("batch", batchId), ...report });
  } catch (error) {
    // Usually the browser went away in the middle; the batch has been discarded either way.
    deps.log.warn("batch.upload_failed", { variantId: variant }, error);
    return refuse("interrupted");
  }
}

/** How far an upload of this person has got, from the counters of its batch: true on whichever process is asked. */
export async function answerImportProgress(request: NextRequest): Promise<Response> {
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  const query = ProgressQuery.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!query.success) return refuse("invalid");
  const { variant, after } = query.data;
  const batch = await findNewestBatch(getDeps(), session.viewer, { variantId: variant, after });
  return answer({
    ok: true,
    lines: batch?.lineCount ?? 0,
    accepted: batch?.acceptedCount ?? 0,
    duplicate: batch?.duplicateCount ?? 0,
    rejected: batch?.rejectedCount ?? 0,
    status: batch?.status ?? null,
  });
}

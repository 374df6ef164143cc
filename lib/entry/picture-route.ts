import type { NextRequest } from "next/server";
import { keepPicture } from "@/lib/features/merchants/pictures";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { answer, chunksOf, isFromOurPage, refuse } from "./upload";

/** Takes a picture as the raw body of a POST, of which never more than the bound is held, and answers where it is to be seen. */
export async function answerPicture(request: NextRequest): Promise<Response> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  if (session.viewer.kind !== "merchant") return refuse("not_found");
  if (!isFromOurPage(request, deps)) return refuse("forbidden");
  if (Number(request.headers.get("content-length") ?? 0) > limits.pictureBytesMax) return refuse("picture_too_large");
  if (!request.body) return refuse("not_a_picture");
  try {
    const bytes = await readWhole(request.body);
    if (!bytes) return refuse("picture_too_large");
    const kept = await keepPicture(deps, session.viewer, bytes);
    return kept.ok ? answer({ ok: true, ...kept.value }) : refuse(kept.error);
  } catch (error) {
    deps.log.warn("picture.upload_failed", {}, error);
    return refuse("unexpected");
  }
}

async function readWhole(body: ReadableStream<Uint8Array>): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(body)) {
    size += chunk.length;
    if (size > limits.pictureBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

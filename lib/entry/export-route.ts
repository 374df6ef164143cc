import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { findExport } from "@/lib/features/merchants/exports";
import { exportPath } from "@/lib/flows/write-export";
import { fromPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { refuse } from "./upload";

const TYPES = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** A file to whoever asked for it, and to nobody else; piece by piece, however large it is. */
export async function answerExport(id: string): Promise<Response> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  const exportId = fromPublicId("export", id);
  const file = exportId.ok ? await findExport(deps, session.viewer, exportId.value) : null;
  if (!file) return refuse("not_found");
  const place = exportPath(deps, file);
  const known = await stat(place).catch(() => null);
  if (!known) return refuse("not_found");
  const name = `orders-${file.createdAt.toISOString().slice(0, 10)}.${file.format}`;
  return new Response(Readable.toWeb(createReadStream(place)) as ReadableStream, {
    headers: {
      "Content-Type": TYPES[file.format as keyof typeof TYPES],
      "Content-Length": String(known.size),
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

import type { Deps } from "@/lib/platform/deps";
import { isMediaName, mediaStoreOf } from "@/lib/platform/media-store";
import { type ApiContext, header, send } from "../http";
import { problem } from "../problem";
import type { Route } from "../route";

/** What a name stands for never changes, so whoever has it need not ask again. */
const KEPT = {
  "Content-Type": "image/webp",
  "Cache-Control": "public, max-age=31536000, immutable",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const name = c.req.param("file") ?? "";
  if (!isMediaName(name)) return send(c, problem("not_found"));
  const headers = { ...KEPT, ETag: `"${name}"` };
  if (header(c, "if-none-match") === headers.ETag) return send(c, { status: 304, body: "", headers });
  const body = await mediaStoreOf(deps).read(name);
  return send(c, body ? { status: 200, body, headers } : problem("not_found"));
}

export const mediaRoutes: readonly Route[] = [{ method: "GET", path: "/api/media/:file", answer }];

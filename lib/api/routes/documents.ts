import { createHash } from "node:crypto";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { createDocsPage } from "../docs-page";
import { type ApiContext, header, jsonReply, type Reply, send, textReply } from "../http";
import { createOpenApiDocument } from "../openapi";
import type { Route } from "../route";

/** Made once per process: nothing in them changes while it runs. */
const documentsOf = (deps: Deps) =>
  ofDeps(deps, "api.documents", () => {
    const { html, contentSecurityPolicy } = createDocsPage(deps.env.publicUrl);
    return {
      openApi: revalidated(jsonReply(200, createOpenApiDocument(deps.env.publicUrl))),
      docs: revalidated(
        textReply(200, html, {
          "Content-Type": "text/html; charset=utf-8",
          "Content-Security-Policy": contentSecurityPolicy,
        }),
      ),
    };
  });

function revalidated({ status, body, headers }: Reply): Reply {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { status, body, headers: { ...headers, "Cache-Control": "no-cache", ETag: etag } };
}

function answer(c: ApiContext, document: Reply): Response {
  const isKnown = header(c, "if-none-match") === document.headers.ETag;
  return send(c, isKnown ? { ...document, status: 304, body: "" } : document);
}

export const documentRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/openapi.json", answer: (c, deps) => answer(c, documentsOf(deps).openApi) },
  { method: "GET", path: "/api/docs", answer: (c, deps) => answer(c, documentsOf(deps).docs) },
];

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { inject } from "light-my-request";
import { holdPages } from "@/lib/features/catalog/kept-pages";
import { forgetPageVersions, readPageVersions } from "@/lib/features/catalog/page-versions";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { cacheKeyOf, maxAgeOf } from "./page-cache-key";
import { policyOfHtml, setPageHeaders } from "./security-headers";

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** One page as it is answered, in every encoding, until its versions or its age say otherwise. */
interface Page {
  readonly versions: string;
  readonly renderedAt: number;
  readonly etag: string;
  readonly policy: string;
  readonly bodies: Readonly<Record<"identity" | "gzip" | "br", Buffer>>;
}

const compress = { gzip: promisify(gzip), br: promisify(brotliCompress) };
const BROTLI_QUALITY = 5;

async function toPage(html: Buffer, deps: Deps, versions: string): Promise<Page> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };
  const [gzipped, brotli] = await Promise.all([compress.gzip(html), compress.br(html, quality)]);
  return {
    versions,
    renderedAt: deps.clock.elapsed(),
    etag: createHash("sha256").update(html).digest("base64url").slice(0, 22),
    policy: policyOfHtml(html.toString("utf8"), deps.env),
    bodies: { identity: html, gzip: gzipped, br: brotli },
  };
}

function chooseEncoding(request: IncomingMessage): keyof Page["bodies"] {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (/\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted)) return "br";
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted) ? "gzip" : "identity";
}

function answer(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const encoding = chooseEncoding(request);
  const etag = `"${page.etag}-${encoding}"`;
  setPageHeaders(response, page.policy);
  response.setHeader("ETag", etag);
  // Browsers may keep it and must ask; what it says of the stock is seconds old at most.
  response.setHeader("Cache-Control", "private, no-cache");
  response.setHeader("Vary", "Accept-Encoding, Cookie, RSC, Next-Router-State-Tree, Next-Router-Prefetch");
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== "identity") response.setHeader("Content-Encoding", encoding);
  const body = page.bodies[encoding];
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Answers a request from the kept pages, rendering once what is missing; false when the request must go to Next itself. */
export type PageCache = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Public catalogue pages, rendered by Next without anything of the visitor's (no cookie, no header but a fixed few) and
 * kept until the catalogue or a stock band changes in the database, whichever process did that. Many visitors who miss the
 * same page wait for one rendering. A page that sets a cookie, is not 200 or is not HTML is never kept.
 */
export function createPageCache(deps: Deps, render: PageHandler): PageCache {
  const pages = new Map<string, Page>();
  const rendering = new Map<string, Promise<Page | null>>();

  const isFresh = (key: string, page: Page, versions: string): boolean =>
    page.versions === versions && deps.clock.elapsed() - page.renderedAt < maxAgeOf(key);

  holdPages(deps, {
    async standing() {
      const versions = await readPageVersions(deps).catch(() => null);
      if (versions === null) return null;
      return { versions, count: [...pages].filter(([key, page]) => isFresh(key, page, versions)).length };
    },
    drop() {
      pages.clear();
      forgetPageVersions(deps);
    },
  });

  function keep(key: string, page: Page): void {
    pages.delete(key);
    pages.set(key, page);
    const oldest = pages.keys().next().value;
    if (pages.size > limits.pageCacheEntriesMax && oldest !== undefined) pages.delete(oldest);
  }

  async function renderOnce(key: string, versions: string): Promise<Page | null> {
    const html = await renderPage(render, key, deps);
    if (!html) return null;
    const page = await toPage(html, deps, versions);
    keep(key, page);
    return page;
  }

  function pageFor(key: string, versions: string): Promise<Page | null> | null {
    // A rendering belongs to the versions it began with: what changed since must not be answered by it.
    const job = `${versions} ${key}`;
    const known = rendering.get(job);
    if (known) return known;
    if (rendering.size >= limits.pageRendersInFlight) return null;
    const started = renderOnce(key, versions).finally(() => rendering.delete(job));
    rendering.set(job, started);
    return started;
  }

  return async (request, response) => {
    const key = cacheKeyOf(request);
    if (key === null) return false;
    try {
      const versions = await readPageVersions(deps);
      const kept = pages.get(key);
      const page = kept && isFresh(key, kept, versions) ? kept : await pageFor(key, versions);
      if (!page) return false;
      if (!response.destroyed) answer(request, response, page);
      return true;
    } catch (error) {
      deps.log.warn("page_cache.failed", { path: key.slice(0, 200) }, error);
      return false;
    }
  };
}

/** The page's HTML as Next renders it for a visitor of whom it knows nothing; null when it is not to be kept. */
async function renderPage(render: PageHandler, url: string, deps: Deps): Promise<Buffer | null> {
  const { host } = new URL(deps.env.publicUrl);
  const dispatch = (request: unknown, response: unknown) =>
    void render(request as IncomingMessage, response as ServerResponse).catch((error: unknown) =>
      (response as ServerResponse).destroy(error as Error),
    );
  const reply = await inject(dispatch, {
    method: "GET",
    url,
    headers: { host, accept: "text/html", "user-agent": "kapu-page-cache" },
    signal: AbortSignal.timeout(limits.pageRenderTimeoutMs),
  });
  const isPage = reply.statusCode === 200 && String(reply.headers["content-type"]).startsWith("text/html");
  const html = reply.rawPayload;
  if (!isPage || reply.headers["set-cookie"] !== undefined || html.length > limits.pageCacheBytesPerEntryMax)
    return null;
  return html;
}

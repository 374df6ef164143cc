import { createHash, randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { THEME_SCRIPT } from "@/components/shop/theme-script";
import type { Env } from "@/lib/platform/env";

const sha256Source = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The one inline script that we write ourselves; Next gives its own ones the nonce. */
const THEME_SOURCE = sha256Source(THEME_SCRIPT);

const PAGE_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not "no-referrer": a form's POST would then say `Origin: null`, which proves nothing.
  "Referrer-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "Cross-Origin-Opener-Policy": "same-origin",
} as const;

const YEAR_SECONDS = 31_536_000;

export const newNonce = (): string => randomBytes(16).toString("base64");

/** What scripts a page may run: our files, and inline only those that are named here. */
function contentSecurityPolicy(scriptSources: readonly string[], env: Pick<Env, "publicUrl">): string {
  const isSecure = env.publicUrl.startsWith("https:");
  return [
    "default-src 'self'",
    `script-src 'self' ${scriptSources.join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    // A gateway's form is posted from a page of its own (lib/api/form-page.ts). Browsers apply this to where a form's answer
    // redirects, too: to the shop by whichever of its names.
    `form-action 'self' ${isSecure ? new URL(env.publicUrl).origin : "http://localhost:* http://127.0.0.1:*"}`,
    "frame-ancestors 'none'",
    ...(isSecure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

export const policyWithNonce = (nonce: string, env: Pick<Env, "publicUrl">): string =>
  contentSecurityPolicy([`'nonce-${nonce}'`, THEME_SOURCE], env);

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi;

/** The policy of a page that is kept: its inline scripts by their hashes, because a nonce that is used twice is none. */
export function policyOfHtml(html: string, env: Pick<Env, "publicUrl">): string {
  const sources = new Set([...html.matchAll(INLINE_SCRIPT)].map((match) => sha256Source(match[1] ?? "")));
  return contentSecurityPolicy([...sources], env);
}

/** Headers of every page. */
export function setPageHeaders(response: ServerResponse, policy: string): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  response.setHeader("Content-Security-Policy", policy);
}

/** Headers of both lanes that depend on where the shop stands. */
export const transportHeaders = (env: Pick<Env, "publicUrl">): readonly (readonly [string, string])[] =>
  env.publicUrl.startsWith("https:") ? [["Strict-Transport-Security", `max-age=${YEAR_SECONDS}`]] : [];

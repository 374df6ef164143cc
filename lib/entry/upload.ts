import type { NextRequest } from "next/server";
import type { Deps } from "@/lib/platform/deps";
import { isSameOrigin } from "./order-access";

/** A page of ours must have sent it: the cookie alone comes along with anybody's request. */
export function isFromOurPage({ headers }: NextRequest, { env }: Pick<Deps, "env">): boolean {
  const header = (name: string) => headers.get(name) ?? undefined;
  return isSameOrigin(
    { origin: header("origin"), secFetchSite: header("sec-fetch-site"), host: header("host") },
    env.publicUrl,
  );
}

/** The pieces of a body; one that is refused is not read to its end. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** An answer for a script of ours, never kept by anybody. */
export const answer = (body: object, status = 200) =>
  Response.json(body, { status, headers: { "Cache-Control": "no-store" } });

const STATUS: Readonly<Record<string, number>> = {
  unauthorized: 401,
  forbidden: 403,
  step_up: 403,
  not_found: 404,
  file_too_large: 413,
  offset_conflict: 409,
  already_ended: 409,
  too_many_uploads: 429,
};

/** The same for a refusal. */
export const refuse = (code: string, more: object = {}) => answer({ ok: false, code, ...more }, STATUS[code] ?? 422);

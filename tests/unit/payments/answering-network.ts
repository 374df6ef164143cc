import type { Transport } from "@/lib/features/payments/gateways/transport";
import { transportWith } from "@/tests/support/gateways";

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly body: string;
}

/** What a path answers: a status, and a text or the JSON of anything else. */
export type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

/** A network where each path has one answer and every other is not there, and what was asked of it. */
export function answeringNetwork(answers: Answers, now = Date.now()): { transport: Transport; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), method: init?.method ?? "GET", body: String(init?.body ?? "") });
    const [status, body] = answers[new URL(String(url)).pathname] ?? [404, "404 page not found"];
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
  return { transport: transportWith({ fetch, now: () => now }), asked };
}

import { setTimeout as sleep } from "node:timers/promises";

/** What a client heard; null when it heard nothing. */
export interface Heard {
  readonly status: number;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a server says that waited in vain for a request to come: nobody heard what was asked. */
const NEVER_READ = 408;
const PATIENCE_MS = 8_000;
const AGAIN_MS = 300;
const AGAIN_MS_MAX = 10_000;

/** How long somebody waits before asking once more: longer each time, as people and programs do. */
export const pause = (turn: number): Promise<void> => sleep(Math.min(AGAIN_MS * 1.5 ** turn, AGAIN_MS_MAX));

/** The two processes of the shop as anybody sees them from outside. */
export class ShopClient {
  constructor(readonly urls: readonly [string, string]) {}

  /** Asks one process once. Nothing is thrown: no answer is null. */
  async send(server: 0 | 1, { path, method = "GET", headers = {}, body }: Asked): Promise<Heard | null> {
    try {
      const response = await fetch(this.urls[server] + path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const text = await response.text();
      if (response.status === NEVER_READ) return null;
      return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : {} };
    } catch {
      return null;
    }
  }
}

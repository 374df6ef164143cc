/** What went out to the shop, and what the shop said. `status` 0: nobody answered. */
export interface SentNotice {
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

export interface Notice {
  readonly url: string;
  /** GET: the body goes behind a `?`. Default: POST. */
  readonly method?: "GET" | "POST";
  /** Made anew for each try: some gateways sign the time. */
  readonly write: () => { readonly headers: Record<string, string>; readonly body: string };
}

export interface NoticesOptions {
  /** Seconds between one try and the next, as the protocol has them. */
  readonly pauses: readonly number[];
  /** How many times faster than that. */
  readonly speed: number;
  /** Whether the shop's answer ends the tries. */
  readonly isTaken: (status: number, answer: string) => boolean;
  readonly mayCall: (url: URL) => boolean;
}

const ANSWER_MS = 5_000;
const ANSWER_LETTERS = 1_000;

/** Sends notices and repeats them until the shop takes them or the protocol gives up. */
export class Notices {
  readonly sent: SentNotice[] = [];
  readonly #options: NoticesOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Resolves with the first try's outcome; later tries follow by themselves. */
  async send(notice: Notice, tries = this.#options.pauses.length + 1): Promise<SentNotice> {
    const first = await this.#once(notice);
    this.sent.push(first);
    if (!this.#options.isTaken(first.status, first.answer)) this.#later(notice, 0, tries - 1);
    return first;
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(notice: Notice, attempt: number, triesLeft: number): void {
    const pause = this.#options.pauses[attempt];
    if (pause === undefined || triesLeft <= 0 || this.#isStopped) return;
    const timer = setTimeout(
      async () => {
        this.#timers.delete(timer);
        const next = await this.#once(notice);
        this.sent.push(next);
        if (!this.#options.isTaken(next.status, next.answer)) this.#later(notice, attempt + 1, triesLeft - 1);
      },
      (pause * 1_000) / this.#options.speed,
    );
    timer.unref();
    this.#timers.add(timer);
  }

  async #once({ url: address, method = "POST", write }: Notice): Promise<SentNotice> {
    const { headers, body } = write();
    const isGet = method === "GET";
    const url = isGet ? `${address}?${body}` : address;
    if (!URL.canParse(url)) return { url, body, status: 0, answer: "not called: no address" };
    if (!this.#options.mayCall(new URL(url))) return { url, body, status: 0, answer: "not called: not this machine" };
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(url, { method, headers, body: isGet ? null : body, redirect: "manual", signal });
      return { url, body, status: response.status, answer: (await response.text()).slice(0, ANSWER_LETTERS) };
    } catch {
      return { url, body, status: 0, answer: "" };
    }
  }
}

/** This very machine; nothing else is called unless told so. */
export const isThisMachine = (url: URL): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);

import { closeSync, openSync, writeSync } from "node:fs";

/** What a client asked for. */
export type Operation = "place" | "notice" | "forged notice" | "read" | "check" | "cancel" | "reveal" | "import";

/**
 * One line of the history: a client begins an operation (`invoke`), and later hears `ok`, a refusal (`fail`), or nothing that it could
 * rely on (`unknown`: no answer, a cut connection, a 5xx): then both may be true.
 */
export interface Entry {
  readonly at: number;
  /** The operation; its `invoke` and its end share it. */
  readonly id: number;
  readonly client: string;
  readonly op: Operation;
  readonly type: "invoke" | "ok" | "fail" | "unknown";
  readonly key?: string;
  readonly order?: string;
  /** What a request said or an answer told, as far as the checker needs it. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type EntryBody = Pick<Entry, "client" | "op" | "key" | "order" | "detail">;

/** Written as it happens, one line each, so that a run that is killed leaves all that its clients knew. */
export class History {
  readonly entries: Entry[] = [];
  readonly #file: number;
  #next = 1;

  constructor(file: string) {
    this.#file = openSync(file, "w");
  }

  /** Notes the beginning of an operation; what is returned notes its end. */
  invoke(body: EntryBody): (type: Exclude<Entry["type"], "invoke">, end?: Partial<EntryBody>) => void {
    const id = this.#next++;
    this.#write({ at: Date.now(), id, type: "invoke", ...body });
    return (type, end = {}) => this.#write({ at: Date.now(), id, type, ...body, ...end });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(entry: Entry): void {
    this.entries.push(entry);
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { History } from "./history";

export interface ImporterOptions {
  /** The bundled command line. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly variantIds: readonly string[];
  readonly history: History;
}

const LINES_OF_A_LONG_FILE = 3_000;
const TRIES_MAX = 30;

/** A merchant at a terminal: imports files by the command line, and is interrupted. */
export class Importer {
  /** Every text that was ever handed to the shop, by variant. */
  readonly texts: Set<string>[];
  /** What was told of a file and is wrong. */
  readonly wrongs: string[] = [];
  #files = 0;

  constructor(readonly options: ImporterOptions) {
    this.texts = options.variantIds.map(() => new Set());
  }

  /** Adds so many new cards; asked again until it is done, which adds nothing twice. */
  async restock(variant: number, cards: number): Promise<void> {
    await this.#untilDone(this.#write(variant, cards), variant, cards);
  }

  /** kill -9 part-way, and the same file again. */
  async importKilled(afterMs: number): Promise<boolean> {
    const file = this.#write(1, LINES_OF_A_LONG_FILE);
    const { child, done } = this.#spawn(1, file);
    await Promise.race([sleep(700 + (afterMs % 1_500)), done]);
    const isKilled = child.exitCode === null && child.kill("SIGKILL");
    await done;
    await this.#untilDone(file, 1, LINES_OF_A_LONG_FILE);
    return isKilled;
  }

  async importTwiceAtOnce(): Promise<boolean> {
    const file = this.#write(1, 400);
    await Promise.all([this.#untilDone(file, 1, 400), this.#untilDone(file, 1, 400)]);
    return true;
  }

  /** A file that somebody made by hand, or worse: its good lines become cards byte for byte, and one that is no text is refused whole. */
  async importHostile(): Promise<boolean> {
    const good = () => `CANARY-${randomBytes(9).toString("hex")}`;
    const odd = [
      `  ${good()}\t`,
      `=HYPERLINK("http://x";"${good()}")`,
      `"${good()}","卡\u202e密"`,
      `<script>${good()}</script>`,
    ];
    const lines = [...odd, good()].map((text) => Buffer.from(text));
    for (const line of lines) this.texts[1]?.add(line.toString());
    const twice = lines[0] as Buffer;
    const bad = [Buffer.from("a\0b"), Buffer.from([0xc3, 0x28]), Buffer.alloc(40_000, "x"), Buffer.from("  \t")];
    const file = this.#name();
    const breaks = ["\n", "\r\n", "\r"].map((text) => Buffer.from(text));
    const all = [...lines, ...bad, twice];
    writeFileSync(file, Buffer.concat(all.flatMap((line, n) => [line, breaks[n % breaks.length] as Buffer])));
    await this.#untilDone(file, 1, all.length);
    const picture = this.#name();
    writeFileSync(picture, Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), randomBytes(64)]));
    if (await this.#spawn(1, picture).done) this.wrongs.push("a picture was imported as cards");
    return true;
  }

  #name(): string {
    return path.join(this.options.folder, `cards-${++this.#files}.txt`);
  }

  #write(variant: number, cards: number): string {
    const file = this.#name();
    const texts = Array.from({ length: cards }, () => `CANARY-${randomBytes(9).toString("hex")}`);
    for (const text of texts) this.texts[variant]?.add(text);
    writeFileSync(file, texts.join("\n"));
    return file;
  }

  async #untilDone(file: string, variant: number, lines: number): Promise<void> {
    for (let turn = 0; turn < TRIES_MAX; turn++) {
      const end = this.options.history.invoke({ client: "merchant", op: "import", key: path.basename(file) });
      const told = await this.#spawn(variant, file).done;
      if (told === null) end("unknown");
      else {
        end("ok", { detail: told });
        const sum = Number(told.accepted) + Number(told.duplicate) + Number(told.rejected);
        if (sum !== lines) this.wrongs.push(`${path.basename(file)}: ${sum} of ${lines} lines accounted for`);
        return;
      }
      await sleep(500);
    }
    this.wrongs.push(`${path.basename(file)} could not be imported in ${TRIES_MAX} tries`);
  }

  #spawn(variant: number, file: string): { child: ChildProcess; done: Promise<Record<string, unknown> | null> } {
    const { program, env, variantIds } = this.options;
    const call = ["import", "--json", "--variant", variantIds[variant] as string, file];
    const child = spawn(process.execPath, [program, ...call], {
      env: { NODE_ENV: "production", PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      out += part;
    });
    const done = new Promise<Record<string, unknown> | null>((resolve) =>
      child.once("close", (code) => resolve(code === 0 ? JSON.parse(out) : null)),
    );
    return { child, done };
  }
}

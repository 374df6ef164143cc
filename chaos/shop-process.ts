import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

export interface ShopProcessOptions {
  /** The bundled server that `npm start` runs. */
  readonly program: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Everything it prints, over all its lives. */
  readonly logFile: string;
}

const READY_MS = 90_000;

/** One process of the shop under a supervisor that starts it again whenever it ends, as any host does. */
export class ShopProcess {
  #child: ChildProcess | null = null;
  #isWanted = true;
  #clockMs = 0;
  #isUp = false;
  /** How often it was ended by the harness, and how often it ended by itself after it had been ready. */
  readonly ends = { killed: 0, rolled: 0, byItself: 0, whileStarting: 0 };
  #expected: "killed" | "rolled" | null = null;
  #supervision: Promise<void> = Promise.resolve();

  constructor(readonly options: ShopProcessOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get clockMs(): number {
    return this.#clockMs;
  }

  start(clockMs = 0): void {
    this.#clockMs = clockMs;
    this.#supervision = this.#supervise();
  }

  /** kill -9, now. */
  kill(): void {
    if (!this.#child || this.#child.exitCode !== null) return;
    this.#isUp = false;
    this.#expected = "killed";
    this.#child.kill("SIGKILL");
  }

  /** Starts it again, in order or by kill -9, with a clock that is wrong by so much. */
  restart(how: "killed" | "rolled", clockMs = this.#clockMs): void {
    this.#clockMs = clockMs;
    if (how === "killed") {
      this.kill();
      return;
    }
    this.#expected = "rolled";
    this.#child?.kill("SIGTERM");
  }

  /** True once it answers that it is ready. */
  async untilUp(ms = READY_MS): Promise<boolean> {
    for (const until = performance.now() + ms; performance.now() < until; await sleep(50)) {
      if (this.#isUp && (await this.#isReady())) return true;
    }
    return false;
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#expected = "rolled";
    this.#child?.kill("SIGTERM");
    const stopped = await Promise.race([this.#supervision.then(() => true), sleep(40_000, false, { ref: false })]);
    if (!stopped) this.#child?.kill("SIGKILL");
    await this.#supervision;
  }

  async #supervise(): Promise<void> {
    while (this.#isWanted) {
      this.#expected = null;
      const child = this.#spawn();
      this.#child = child;
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      const hasStarted = await Promise.race([this.#whenReady(child), ended.then(() => false)]);
      this.#isUp = hasStarted && this.#expected === null;
      await ended;
      this.#isUp = false;
      const cause = this.#expected as "killed" | "rolled" | null;
      if (cause) this.ends[cause]++;
      else if (hasStarted) this.ends.byItself++;
      else this.ends.whileStarting++;
      if (this.#isWanted) await sleep(200);
    }
  }

  #spawn(): ChildProcess {
    const preload = (file: string) => ["--import", pathToFileURL(path.resolve(file)).href];
    const log = openSync(this.options.logFile, "a");
    const child = spawn(
      process.execPath,
      [
        ...preload("scripts/die-with-parent.mjs"),
        ...(this.#clockMs === 0 ? [] : preload("chaos/shift-clock.mjs")),
        this.options.program,
      ],
      {
        env: {
          NODE_ENV: "production",
          PATH: process.env.PATH,
          PORT: `${this.options.port}`,
          KAPU_CHAOS_CLOCK_MS: `${this.#clockMs}`,
          ...this.options.env,
        },
        stdio: ["pipe", log, log],
      },
    );
    closeSync(log);
    return child;
  }

  async #whenReady(child: ChildProcess): Promise<boolean> {
    for (const until = performance.now() + READY_MS; performance.now() < until; await sleep(40)) {
      if (child.exitCode !== null || child.signalCode !== null) return false;
      if (await this.#isReady()) return true;
    }
    child.kill("SIGKILL");
    return false;
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

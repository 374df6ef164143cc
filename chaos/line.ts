import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientStream, isAnswered, type Label, refusal, type Turn } from "./wire";

/** `arrived`: not passed on yet. `running`: passed on. `committed`: answered, and the answer is still held. `told`: it was passed on. */
export type Moment = "arrived" | "running" | "committed" | "told";

/** What waits for one statement to pass. It strikes once. */
export interface Trap {
  readonly label: Label | readonly Label[];
  readonly moment: Moment;
  /**
   * Strike at what owns the line; `cut` resets the connection; a refusal is answered in the database's stead; a statement that
   * arrives is held back until `hold` is over.
   */
  readonly strike: (() => void) | "cut" | Refusal | Hold;
}

interface Refusal {
  readonly sqlState: string;
  readonly message: string;
}

interface Hold {
  readonly hold: (bytes: Buffer) => Promise<void>;
}

export interface LineOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the bytes are Postgres's, so that traps can see statements. */
  readonly isPostgres: boolean;
}

type Weather = "pass" | "slow" | "black hole" | "down";

/** A TCP line from one process to what it depends on. It delays, swallows and cuts; it never alters a byte that it passes. */
export class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  #weather: Weather = "pass";
  #delayMs = 0;
  #trap: (Trap & { readonly sprung: () => void }) | null = null;

  private constructor(readonly options: LineOptions) {}

  static async open(options: LineOptions): Promise<Line> {
    const line = new Line(options);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every open connection. Returns how many there were. */
  cut(): number {
    const open = this.#sockets.size;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return open;
  }

  /** Spoils the line for a while. What had bytes swallowed is cut in the end, as a router that forgot it would. */
  async spoil(weather: Exclude<Weather, "pass">, ms: number, delayMs = 0): Promise<void> {
    this.#delayMs = delayMs;
    this.#weather = weather;
    if (weather === "down") this.cut();
    await sleep(ms);
    this.#weather = "pass";
    if (weather === "black hole") this.cut();
  }

  /** Waits until the statement passes and strikes; false when none passed in time. */
  async trap(trap: Trap, ms: number): Promise<boolean> {
    const sprung = new Promise<boolean>((resolve) => {
      this.#trap = { ...trap, sprung: () => resolve(true) };
    });
    const outcome = await Promise.race([sprung, sleep(ms, false, { ref: false })]);
    this.#trap = null;
    return outcome;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    this.#keep(client);
    if (this.#weather === "down") return void client.resetAndDestroy();
    const database = this.#keep(dial(this.options.port, this.options.host));
    client.setNoDelay(true);
    database.setNoDelay(true);
    const cut = () => {
      client.resetAndDestroy();
      database.destroy();
    };
    const held: Held = { label: null, bytes: null };
    const stream = this.options.isPostgres ? new ClientStream() : null;
    const up = this.#carrier(database);
    const down = this.#carrier(client);
    client.on("data", (bytes) => {
      for (const turn of stream?.push(bytes) ?? [{ bytes, label: null }]) this.#pass(turn, { up, down, held, cut });
    });
    database.on("data", (bytes) => this.#answer(bytes, { down, held, cut }));
    client.on("close", () => database.end());
    database.on("close", () => client.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket)));
    return socket;
  }

  /** Writes in order, however the weather changes meanwhile. */
  #carrier(to: Socket): (bytes: Buffer) => void {
    let last: Promise<void> | null = null;
    return (bytes) => {
      if (this.#weather === "black hole") return;
      if (this.#weather !== "slow" && last === null) return void to.write(bytes);
      const mine = (last ?? Promise.resolve())
        .then(() => sleep(this.#weather === "slow" ? this.#delayMs : 0))
        .then(() => {
          if (!to.destroyed) to.write(bytes);
          if (last === mine) last = null;
        });
      last = mine;
    };
  }

  #springs(label: Label | null, moment: Moment): Trap["strike"] | null {
    const trap = this.#trap;
    if (!trap || label === null || trap.moment !== moment) return null;
    if (![trap.label].flat().includes(label)) return null;
    this.#trap = null;
    trap.sprung();
    return trap.strike;
  }

  #pass({ bytes, label }: Turn, { up, down, held, cut }: Ends): void {
    const strike = this.#springs(label, "arrived");
    if (strike !== null) {
      if (typeof strike === "object" && "hold" in strike) return void strike.hold(bytes).finally(() => up(bytes));
      if (typeof strike === "object") return void down(refusal(strike.sqlState, strike.message));
      if (strike !== "cut") strike();
      return void cut();
    }
    // The answer is held back only while something waits for it.
    const isAwaited = this.#trap?.moment === "committed" || this.#trap?.moment === "told";
    held.label = isAwaited ? label : null;
    held.bytes = held.label === null ? null : [];
    up(bytes);
    const running = this.#springs(label, "running");
    if (typeof running === "function") running();
    if (running === "cut") cut();
  }

  #answer(bytes: Buffer, { down, held, cut }: Pick<Ends, "down" | "held" | "cut">): void {
    if (held.bytes === null) return void down(bytes);
    held.bytes.push(bytes);
    const answer = Buffer.concat(held.bytes);
    if (!isAnswered(answer)) return;
    const { label } = held;
    held.bytes = null;
    held.label = null;
    const committed = this.#springs(label, "committed");
    if (typeof committed === "function") committed();
    if (committed !== null) return void cut();
    down(answer);
    const told = this.#springs(label, "told");
    if (typeof told === "function") setImmediate(told); // The bytes are on their way; the process has heard at most a moment ago.
  }
}

interface Held {
  label: Label | null;
  bytes: Buffer[] | null;
}

interface Ends {
  readonly up: (bytes: Buffer) => void;
  readonly down: (bytes: Buffer) => void;
  readonly held: Held;
  readonly cut: () => void;
}

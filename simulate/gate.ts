import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DatabaseUrls } from "@/lib/platform/database-urls";

/** A statement without an answer for so long waits for a lock, and somebody else's turn has come. */
const BLOCKED_MS = 8;
/** So long nobody has asked or heard anything: whoever meant to speak has spoken. */
const CALM_MS = 1;

/** What a process sends in one go: a statement, or the beginning or the end of a transaction. */
interface Flight {
  readonly line: Line;
  send(): void;
}

/**
 * Lets the statements of several processes through one at a time, in an order that the caller chooses: an interleaving
 * that is the same each time it is asked for. Open, it lets everything pass.
 */
export class Gate {
  private readonly waiting: Flight[] = [];
  /** When each statement under way was sent. */
  private readonly sent = new Map<object, number>();
  private connecting = 0;
  private movedAt = 0;
  private isOpen = true;
  /** Told before each statement is let through. */
  onFlight: (line: Line) => void = () => {};

  arrive(flight: Flight): void {
    this.movedAt = performance.now();
    if (this.isOpen) this.pass(flight);
    else this.waiting.push(flight);
  }

  leave(flights: (flight: Flight) => boolean): Flight[] {
    const left = this.waiting.filter(flights);
    for (const flight of left) this.waiting.splice(this.waiting.indexOf(flight), 1);
    return left;
  }

  connects(by: number): void {
    this.movedAt = performance.now();
    this.connecting += by;
  }

  sends(connection: object): void {
    this.movedAt = performance.now();
    this.sent.set(connection, this.movedAt);
  }

  answers(connection: object): void {
    this.movedAt = performance.now();
    this.sent.delete(connection);
  }

  /** Gives turns until `isOver`; without a choice, whoever waits longest goes. Then everything passes. */
  async run(turns: readonly number[], isOver: () => boolean): Promise<void> {
    this.isOpen = false;
    for (let turn = 0; !isOver(); ) {
      await this.calm(isOver);
      const [flight] = this.waiting.splice((turns[turn++] ?? 0) % this.waiting.length, 1);
      if (flight) this.pass(flight);
    }
    this.open();
  }

  open(): void {
    this.isOpen = true;
    for (const flight of this.waiting.splice(0)) this.pass(flight);
  }

  private pass(flight: Flight): void {
    this.onFlight(flight.line);
    flight.send();
  }

  private async calm(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await nextTurn();
      const now = performance.now();
      const isBusy = [...this.sent.values()].some((at) => now - at < BLOCKED_MS) || this.connecting > 0;
      if (!isBusy && this.waiting.length > 0 && now - this.movedAt >= CALM_MS) return;
    }
  }
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5]);
const TERMINATE = 0x58;
const isReady = (bytes: Buffer): boolean => bytes.length >= 6 && bytes.subarray(-6, -1).equals(READY);

/** One process's TCP line to a real Postgres. */
export class Line {
  private readonly pairs = new Set<{ client: Socket; database: Socket; isReady: boolean }>();
  private isDown = false;
  private losing = 0;

  private constructor(
    private readonly gate: Gate,
    private readonly server: Server,
    /** The same database, over this line. */
    readonly urls: DatabaseUrls,
    private readonly target: URL,
  ) {
    server.on("connection", (client) => this.connect(client));
  }

  static async open(gate: Gate, urls: DatabaseUrls): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const target = new URL(urls.app);
    const bent = new URL(target);
    bent.hostname = "127.0.0.1";
    bent.port = String((server.address() as AddressInfo).port);
    return new Line(gate, server, { ...urls, app: bent.href }, target);
  }

  private connect(client: Socket): void {
    client.on("error", () => {});
    if (this.isDown) return void client.resetAndDestroy();
    const database = dial(Number(this.target.port || 5432), this.target.hostname).on("error", () => {});
    const pair = { client, database, isReady: false };
    this.pairs.add(pair);
    this.gate.connects(1);
    const isSettled = () => {
      if (!pair.isReady) this.gate.connects(-1);
      pair.isReady = true;
    };
    const send = (bytes: Buffer) => {
      if (database.destroyed) return;
      this.gate.sends(pair);
      database.write(bytes);
    };
    client.on("data", (bytes) => {
      if (!pair.isReady || bytes[0] === TERMINATE) database.write(bytes);
      else this.gate.arrive({ line: this, send: () => send(bytes) });
    });
    database.on("data", (bytes) => {
      if (isReady(bytes)) {
        if (pair.isReady && this.losing > 0) return this.lose(pair);
        isSettled();
        this.gate.answers(pair);
      }
      client.write(bytes);
    });
    client.on("close", () => database.end());
    database.on("close", () => {
      isSettled();
      this.gate.answers(pair);
      this.pairs.delete(pair);
      client.destroy();
    });
  }

  private lose({ client, database }: { client: Socket; database: Socket }): void {
    this.losing--;
    client.resetAndDestroy();
    database.destroy();
  }

  /** The next answer is lost: what was asked for is done, and nobody hears so. */
  loseAnswer(): void {
    this.losing++;
  }

  /** The weather is fine again. */
  mend(): void {
    this.losing = 0;
  }

  /** Every connection is cut; what was not sent never is, and what is under way goes on where it is. */
  cut(): void {
    this.gate.leave(({ line }) => line === this);
    for (const { client, database } of this.pairs) {
      client.destroy();
      database.destroy();
    }
  }

  /** The process dies: nothing of it is heard again. Before that, what it was about to say is said, or not. */
  die({ isSent }: { isSent: boolean }): void {
    this.isDown = true;
    for (const flight of this.gate.leave(({ line }) => line === this)) if (isSent) flight.send();
    for (const { client, database } of this.pairs) {
      database.end();
      client.destroy();
    }
    this.server.close();
  }

  /** What Postgres sees of this line: the ports that its connections come from. */
  get ports(): number[] {
    return [...this.pairs].map(({ database }) => database.localPort).filter((port) => port !== undefined);
  }

  async stop(): Promise<void> {
    this.isDown = true;
    this.cut();
    if (this.server.listening) await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

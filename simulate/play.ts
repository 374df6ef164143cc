import { runAudit } from "@/lib/features/audit";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { onBatch } from "@/lib/platform/measures";
import { isPassing } from "@/lib/platform/outage";
import { asksOf, job } from "./asks";
import { type Ask, Book, type Heard } from "./book";
import { newClient, place, reveal } from "./buyer-asks";
import { POLICIES } from "./commands";
import { type Facts, NO_FACTS, readFacts } from "./facts";
import type { Burst, Fault, Program } from "./program";
import { type Doings, isShort, judge } from "./promises";
import { spendTheRest } from "./quota-asks";
import { driveAll } from "./refund-asks";
import { type Scenery, Stage, type StageDatabase } from "./stage";
import type { Tally } from "./tally";

const TRIES_MAX = 12;
const BURST_MS_MAX = 30_000;

/** One ask on its way to one process. */
interface Journey {
  readonly ask: Ask;
  readonly process: 0 | 1;
  isDone: boolean;
  tries: number;
}

/** Plays one program on a shop of its own, and judges it after every burst. */
class Play {
  private readonly book: Book;
  private readonly scarceAt = POLICIES.map(() => Number.NEGATIVE_INFINITY);
  private before: Facts = NO_FACTS;

  constructor(
    private readonly stage: Stage,
    private readonly database: StageDatabase,
    private readonly tally: Tally,
  ) {
    this.book = new Book(stage);
  }

  /** What was wrong first; empty when nothing ever was. */
  async run(bursts: readonly Burst[]): Promise<string[]> {
    this.before = await readFacts(this.stage);
    for (const [n, burst] of bursts.entries()) {
      const complaints = await this.burst(n, burst);
      if (complaints.length > 0) return complaints.map((complaint) => `after burst ${n}: ${complaint}`);
    }
    const complaints = await this.rest(bursts.length);
    return complaints.map((complaint) => `at rest: ${complaint}`);
  }

  private async burst(n: number, burst: Burst): Promise<string[]> {
    this.book.begin(n, this.before);
    if (burst.pause) this.stage.pause();
    for (const order of burst.lapsed) await this.lapse(order);
    const journeys = burst.commands.flatMap(({ command, process }) =>
      asksOf(this.book, command).map((ask, copy): Journey => {
        this.tally.count("commands", ask.kind);
        if (ask.client) this.book.concern(ask.client);
        return { ask, process: (copy === 0 ? process : 1 - process) as 0 | 1, isDone: false, tries: 0 };
      }),
    );
    await this.together(journeys, burst);
    await this.askAgain(journeys, burst.faults.length > 0);
    return this.judge({
      asks: journeys.map(({ ask }) => ask),
      hasFaults: burst.faults.length > 0,
      isFree: burst.turns === null,
    });
  }

  private async lapse(n: number): Promise<void> {
    const client = this.book.pickOrder(n);
    if (!client?.order || !client.purchase) return;
    await this.stage.lapse(client.order.id, limits.releaseGraceSeconds + 5);
    client.purchase.lapsedBefore ??= this.book.burst;
    this.tally.count("commands", "deadline passes");
  }

  /** Everything of the burst at once; a process that dies takes its answers with it. */
  private async together(journeys: readonly Journey[], { turns, faults }: Burst): Promise<void> {
    const dead = new Set<0 | 1>();
    let statements = 0;
    const strike = (fault: Fault) => {
      if (dead.has(fault.process)) return;
      this.stage.strike(fault);
      this.tally.count("faults", fault.kind);
      if (fault.kind.startsWith("crash")) dead.add(fault.process);
    };
    this.stage.gate.onFlight = () => {
      for (const fault of faults) if (fault.after === statements) setImmediate(strike, fault);
      statements++;
    };
    let left = journeys.length;
    const isDead = (process: 0 | 1) => dead.has(process);
    const all = Promise.all(journeys.map((journey) => this.try(journey, isDead).finally(() => left--)));
    const turnstile = turns ? this.stage.gate.run(turns, () => left === 0) : null;
    await within(BURST_MS_MAX, Promise.all([all, turnstile]));
    this.stage.gate.onFlight = () => {};
    this.tally.add("statements", statements);
    for (const process of dead) await this.stage.restart(process);
    await this.stage.settle();
  }

  private async try(journey: Journey, isDead: (process: 0 | 1) => boolean): Promise<void> {
    const { ask, process } = journey;
    const deps = this.stage.processes[process]?.deps as Deps;
    const isFirst = journey.tries++ === 0;
    let heard: Heard;
    try {
      heard = await ask.run(deps, { isFirst });
    } catch (error) {
      if (isDead(process)) return;
      this.tally.count("answers", `${ask.kind}: ${isPassing(error) ? "no answer" : "threw"}`);
      if (isPassing(error)) return;
      this.book.wrong(ask.client, `${ask.kind} threw ${String(error)}`);
      journey.isDone = true;
      return;
    }
    if (isDead(process)) return;
    this.tally.count("answers", `${ask.kind}: ${heard.words}`);
    if (heard.isOpen) return;
    journey.isDone = true;
    heard.note?.();
  }

  /** In better weather, whoever has no answer asks until he has one. */
  private async askAgain(journeys: readonly Journey[], isAfterFaults: boolean): Promise<void> {
    const open = journeys.filter(({ isDone }) => !isDone);
    if (open.length > 0 && isAfterFaults) await this.stage.ageImports();
    for (const journey of open) {
      while (!journey.isDone && journey.tries < TRIES_MAX)
        await within(
          BURST_MS_MAX,
          this.try(journey, () => false),
        );
      if (!journey.isDone)
        this.book.wrong(journey.ask.client, `${journey.ask.kind} had no answer in ${TRIES_MAX} tries`);
    }
  }

  private async judge(doings: Doings): Promise<string[]> {
    const { book, before } = this;
    const after = await readFacts(this.stage);
    const now = this.stage.elapsedMs;
    const scarceBefore = [...this.scarceAt];
    for (const variant of POLICIES.keys()) if (isShort({ book, before, doings }, variant)) this.scarceAt[variant] = now;
    const isRecent = (scarce: readonly number[]) => (variant: number) =>
      now - (scarce[variant] as number) < limits.soldOutLatchMs * 2;
    const latched = { isMaybeLatched: isRecent(this.scarceAt), wasMaybeLatched: isRecent(scarceBefore) };
    const complaints = judge({ book, before, after, doings }, latched);
    this.before = after;
    const { results } = await runAudit(this.database.urls.audit);
    this.tally.add("audits", 1);
    this.tally.add("invariants", results.length);
    const broken = results.filter(({ ok }) => !ok);
    return [
      ...complaints,
      ...broken.map(({ id, name, rows, failure }) => `${id} ${name}: ${failure ?? JSON.stringify(rows.slice(0, 3))}`),
    ];
  }

  /** Nothing more happens: what has lapsed is free, nobody who paid waits for what is there, and a fresh buyer gets the rest. */
  private async rest(burst: number): Promise<string[]> {
    const { book, stage } = this;
    book.begin(burst, this.before);
    // A slow gateway answers when it is asked again, one that lost its answer has it still, and a silent one is asked after its rest.
    stage.pause();
    await this.oneByOne([
      job("sweep"),
      job("keep holds"),
      driveAll(book, "answers"),
      driveAll(book, "answers"),
      job("serve owed"),
    ]);
    const rested = await this.judge({ asks: [], hasFaults: false, isFree: false, isAtRest: true });
    if (rested.length > 0) return rested;
    for (const { status, exception } of this.before.orders) this.tally.count("orders", `${status}, ${exception}`);
    const stuck = this.before.orders.filter((order) => order.status === "pending" && this.hasLapsed(order.requestKey));
    if (stuck.length > 0) return stuck.map(({ requestKey }) => `${requestKey} is past its deadline and still pending`);
    stage.pause();
    book.begin(burst + 1, this.before);
    const probes = POLICIES.map((_, variant) => place(book, newClient(book, { variant, quantity: 1, also: 0 })));
    const reveals = book.ordered.map((client) => reveal(book, client));
    const asks = [...probes, ...reveals, ...spendTheRest(book)];
    await this.oneByOne(asks);
    return this.judge({ asks, hasFaults: false, isFree: false });
  }

  private async oneByOne(asks: readonly Ask[]): Promise<void> {
    for (const ask of asks) await this.askAgain([{ ask, process: 0, isDone: false, tries: 0 }], false);
  }

  private hasLapsed = (requestKey: string): boolean =>
    this.book.clients.some(
      ({ request, purchase }) => request.requestKey === requestKey && purchase?.lapsedBefore !== null,
    );
}

/** Fails after so long: a program that hangs is a finding, too. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing moved for ${ms / 1_000} seconds`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Playing {
  readonly database: StageDatabase;
  readonly scenery: Scenery;
  readonly tally: Tally;
}

/**
 * A payment that its gateway gives back while its notice is in a batch: the inbox has it as given back, the order's row shows
 * nothing of it, and the statement refuses itself rather than deliver for it.
 */
const isOvertaken = ({ bursts }: Program, error: unknown): boolean =>
  String(error).includes("settle changed another number of rows than it decided") &&
  bursts.some(({ commands }) =>
    commands.some(({ command }) => command.do === "query" && command.says === "given back"),
  );

/** Plays a program from an empty shop to its rest; returns what was wrong, in sentences. */
export async function play(program: Program, { database, scenery, tally }: Playing): Promise<string[]> {
  const stage = await Stage.open(database, scenery);
  const failures: string[] = [];
  const stopListening = onBatch((name, { error }) => {
    if (error === undefined || isPassing(error)) return;
    if (isOvertaken(program, error)) tally.count("answers", `batch of ${name}: overtaken, asked again one by one`);
    else failures.push(`a batch of ${name} failed: ${String(error)}`);
  });
  try {
    const complaints = await new Play(stage, database, tally).run(program.bursts);
    return [...complaints, ...failures];
  } catch (error) {
    return [`the program could not be played to its end: ${String(error)}`, ...failures];
  } finally {
    stage.gate.open();
    stopListening();
    await stage.close();
  }
}

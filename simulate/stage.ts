import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { openAccounts, saveAccount } from "@/lib/features/payments/accounts";
import { generateKeys } from "@/lib/flows/generate-keys";
import { transferStock } from "@/lib/flows/transfer-cards";
import { newId } from "@/lib/kernel/id";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import { peek } from "@/tests/support/quota";
import { EPAY_KEY, EPAY_PID, openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { CARDS, type Mood, POLICIES, USES } from "./commands";
import { Gate, Line } from "./gate";
import type { Fault } from "./program";
import type { Given } from "./refund-model";

/** A database that nobody else uses, and how to do to its server what only its owner may. */
export interface StageDatabase {
  readonly urls: DatabaseUrls;
  readonly superuser: string;
  drop(): Promise<void>;
}

/** What stands on every stage before a program begins. */
export interface Scenery {
  readonly variants: readonly Stocked[];
  readonly merchant: string;
  /** In the order of `POOLS`. */
  readonly pools: readonly string[];
  /** Who signs in for the merchant. */
  readonly user: string;
}

/** The shop's second gateway account: another merchant number, another key. */
export const OTHER = { id: "other", pid: "2000", key: "otherKey9876543210fedcbaFEDCBA" } as const;
export const OWN = { id: "epay", pid: EPAY_PID, key: EPAY_KEY } as const;
/** The account at a gateway whose books are in memory, which gives money back in every mood. */
export const PAPER = "paper";

export interface Process {
  readonly deps: Deps;
  readonly line: Line;
}

/** Opens the shop on a migrated database, of which each program is then given a copy. */
export async function buildScenery(urls: DatabaseUrls): Promise<Scenery> {
  const shop = await openShop(urls);
  const text = { titleZh: "另一个", titleEn: "Another" };
  const settings = { baseUrl: "http://127.0.0.1:9", pid: OTHER.pid, key: OTHER.key };
  await saveAccount(shop.deps, shop.deps.db, { id: OTHER.id, kind: "epay", currency: "CNY", ...text, settings });
  const variants: Stocked[] = [];
  for (const [n, stockPolicy] of POLICIES.entries())
    variants.push(await shop.stock({ cards: USES[n] ? 0 : CARDS_MAX, stockPolicy, quantityMax: 10 }));
  const { merchantId: merchant, poolId } = variants[0] as Stocked;
  const scenery = { variants, merchant, pools: [poolId, newId(), newId()], user: newId() };
  await openPools(shop, scenery);
  await shop.rows(
    "INSERT INTO app_user (id, email, password_hash, role, merchant_id) VALUES ($1, 'merchant@example.com', '', 'merchant', $2)",
    [scenery.user, scenery.merchant],
  );
  await makeFirstKeys(shop, scenery);
  await layOut(shop, scenery);
  await shop.close();
  return { ...scenery, variants: await Promise.all(variants.map((one, n) => (USES[n] ? withKeys(shop, one) : one))) };
}

async function openPools(
  { deps }: TestShop,
  { merchant: merchantId, pools: [, second, aside] }: Scenery,
): Promise<void> {
  for (const [slug, id] of Object.entries({ second, aside }))
    await deps.db.stockPool.create({ data: { id: id as string, merchantId, slug, name: slug } });
  await deps.db.variant.updateMany({ where: { merchantId }, data: { fallbackPoolIds: [second as string] } });
}

async function makeFirstKeys(shop: TestShop, { variants, merchant: merchantId, user: userId }: Scenery): Promise<void> {
  for (const [n, { variantId }] of variants.entries()) {
    const wish = { batchId: newId(), variantId, count: CARDS_MAX, uses: USES[n] as number, note: "" };
    if (USES[n]) await generateKeys(shop.deps, { kind: "merchant", userId, merchantId }, wish);
  }
}

/** Each pool has its cards; they came to the first. */
async function layOut(
  { deps }: TestShop,
  { variants, pools, merchant: merchantId, user: userId }: Scenery,
): Promise<void> {
  for (const { variantId } of variants)
    for (const [n, toPoolId] of pools.entries()) {
      const wish = {
        variantId,
        fromPoolId: pools[0] as string,
        toPoolId,
        quantity: CARDS[n] as number,
        reason: "as it begins",
      };
      if (n > 0 && wish.quantity > 0)
        await transferStock(deps, { kind: "merchant", userId, merchantId }, { ...wish, moveId: newId() });
    }
}

const withKeys = async (shop: TestShop, stocked: Stocked): Promise<Stocked> => ({
  ...stocked,
  secrets: await peek(shop, stocked.variantId),
});

const CARDS_MAX = CARDS.reduce((sum: number, count) => sum + count, 0);
const PAUSE_MS = 60_000;
const GONE_LOOK_MS = 5;
const GONE_LOOKS_MAX = 4_000;

/** A shop that runs in two processes, each over a line of its own, with a gateway that says what it is told to say. */
export class Stage {
  readonly gate = new Gate();
  readonly processes: Process[] = [];
  /** What the gateway answers when it is asked about a payment, by its number there; null is silence. */
  readonly gatewayWords = new Map<string, string | null>();
  /** The gateway that gives back; its books outlive the shop's processes. */
  readonly paper = new PaperGateway(PAPER);
  /** How much more time has passed for the processes than for us. */
  private skippedMs = 0;
  /** Where connections came from that were cut. */
  private readonly cutPorts: number[] = [];

  private constructor(
    private readonly database: StageDatabase,
    readonly scenery: Scenery,
  ) {}

  static async open(database: StageDatabase, scenery: Scenery): Promise<Stage> {
    const stage = new Stage(database, scenery);
    stage.processes.push(await stage.start(), await stage.start());
    return stage;
  }

  /** Rows of a query as the owner of the tables. */
  rows<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return withClient(this.database.urls.owner, async (client) => (await client.query<T>(sql, [...values])).rows);
  }

  /** Moves an order's deadline into the past, as time would; the guards of the table are the owner's to lift. */
  async lapse(orderId: string, seconds: number): Promise<void> {
    await withClient(this.database.urls.owner, async (client) => {
      await client.query("ALTER TABLE orders DISABLE TRIGGER orders_edges");
      await client.query(
        "UPDATE orders SET created_at = created_at - make_interval(secs => $2), deadline_at = clock_timestamp() - make_interval(secs => $2) WHERE id = $1",
        [orderId, seconds],
      );
      await client.query("ALTER TABLE orders ENABLE TRIGGER orders_edges");
    });
  }

  private async start(): Promise<Process> {
    const line = await Line.open(this.gate, this.database.urls);
    const elapsed = () => performance.now() + this.skippedMs;
    const fetch = async (address: unknown) => this.answerQuery(String(address));
    const deps = { ...openDeps(line.urls), clock: { now: () => Date.now(), elapsed }, fetch };
    await connectPaper(this, deps, [this.paper], await openAccounts(deps));
    return { deps, line };
  }

  /** From now on the gateway takes requests for money so. */
  setMood(mood: Mood): void {
    const { paper } = this;
    paper.isRefundSlow = mood === "is slow";
    paper.refundFailure = mood === "refuses" ? "refused" : null;
    paper.losesAnswers = mood === "loses its answers";
    paper.before = async () => (mood === "is silent" ? "silent" : undefined);
  }

  /** Every refund's next turn is now, and what was asked was asked long ago. */
  async hurryRefunds(): Promise<void> {
    await this.rows(
      "UPDATE refund SET next_ask_at = now(), called_at = called_at - interval '1 hour' WHERE status IN ('requested', 'processing')",
    );
  }

  /** What left the gateway's till, by payment. */
  tills(): { payment: string; amountMinor: bigint; given: Given[] }[] {
    return [...this.paper.trades.values()].flatMap(({ paidAs, amountMinor, refunds }) => {
      const given = [...refunds].map(([refundNo, amount]) => ({ refundNo, amountMinor: amount }));
      return paidAs === null ? [] : [{ payment: `${PAPER} ${paidAs}`, amountMinor, given }];
    });
  }

  private async answerQuery(address: string): Promise<Response> {
    const word = this.gatewayWords.get(new URL(address).searchParams.get("out_trade_no") ?? "");
    if (word === null) throw new TypeError("fetch failed");
    return new Response(word ?? JSON.stringify({ code: -1 }));
  }

  /** The processes' own time goes on, so that what they believed about the stock is too old to be believed. */
  pause(): void {
    this.skippedMs += PAUSE_MS;
  }

  get elapsedMs(): number {
    return performance.now() + this.skippedMs;
  }

  /** Does to a process what a machine or a network may do. */
  strike({ kind, process }: Fault): void {
    const { line } = this.processes[process] as Process;
    if (kind !== "answer lost") this.cutPorts.push(...line.ports);
    if (kind === "answer lost") line.loseAnswer();
    else if (kind === "cut") line.cut();
    else if (kind === "terminated") void this.terminate(line.ports);
    else line.die({ isSent: kind === "crash after sending" });
  }

  private async terminate(ports: readonly number[]): Promise<void> {
    const sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY ($1::int[])";
    await withClient(this.database.superuser, (client) => client.query(sql, [ports])).catch(() => {});
  }

  /** A process that died is started again: what it knew is forgotten. */
  async restart(process: 0 | 1): Promise<void> {
    const dead = this.processes[process] as Process;
    this.processes[process] = await this.start();
    void closeDeps(dead.deps).catch(() => {});
  }

  /** Waits for the backends of connections that were cut: what they had begun is done or undone, and what they held is free. */
  async settle(): Promise<void> {
    for (const { line } of this.processes) line.mend();
    const ports = this.cutPorts.splice(0);
    if (ports.length === 0) return;
    const sql = "SELECT 1 FROM pg_stat_activity WHERE client_port = ANY ($1::int[])";
    await withClient(this.database.superuser, async (client) => {
      for (let look = 0; look < GONE_LOOKS_MAX; look++) {
        if ((await client.query(sql, [ports])).rowCount === 0) return;
        await sleep(GONE_LOOK_MS);
      }
      throw new Error("a connection that was cut is still served");
    });
  }

  /** Imports whose process is gone have been silent for long enough to be taken for dead. */
  async ageImports(): Promise<void> {
    await this.rows("UPDATE batch SET heartbeat_at = heartbeat_at - interval '2 minutes'");
  }

  async close(): Promise<void> {
    this.gate.open();
    for (const { deps, line } of this.processes) {
      await closeDeps(deps).catch(() => {});
      await line.stop();
    }
    await this.database.drop();
  }
}

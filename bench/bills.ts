import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { inspect } from "@/lib/features/statements/inspect";
import { readStatement } from "@/lib/features/statements/read-statement";
import { uploadStatement } from "@/lib/flows/upload-statement";
import { newId } from "@/lib/kernel/id";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps } from "@/lib/platform/deps";
import { spool } from "@/lib/platform/spool";
import { withClient } from "@/lib/platform/with-client";
import { wechatBill } from "@/sandbox/gateways/large-bill";
import { saveBillAccount } from "./bill-account";
import { type ChildFigures, endChild, runChild } from "./child";
import { copyRows } from "./copy-rows";
import type { Options } from "./options";
import { type BenchShop, openDeps } from "./shop";

/** What one way of going through a bill costs. */
export interface BillFigure {
  readonly way: string;
  readonly rows: number;
  readonly seconds: number;
  /** The most memory that its process ever had; null for what the database does by itself. */
  readonly peakMb: number | null;
}

const ROWS = 1_000_000;
const SMOKE_ROWS = 3_000;
const CHILD_MS_MAX = 600_000;

/** What a process that goes through a bill is told, as JSON on its command line. */
export interface BillOrder {
  readonly way: "split" | "parse" | "store";
  readonly file: string;
  readonly urls: DatabaseUrls;
  readonly accountId: string;
  readonly userId: string;
}

const WAYS: Readonly<Record<BillOrder["way"], (order: BillOrder) => Promise<void>>> = { split, parse, store };

/** Unpacked, decoded, cut into lines and cells, and forgotten: what nobody can be faster than. */
async function split({ file }: BillOrder): Promise<void> {
  let [rest, cells] = ["", 0];
  const text = createReadStream(file).pipe(createGunzip()).setEncoding("utf8");
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) cells += line.split(",`").length;
  }
  if (cells === 0) throw new Error("no cells");
}

/** The shop's own reading, every check included, and nothing stored. */
async function parse({ file }: BillOrder): Promise<void> {
  const spooled = await spool(createReadStream(file), { bytesMax: Number.MAX_SAFE_INTEGER });
  if (!spooled.ok) throw new Error(spooled.error);
  const inspected = await inspect(spooled.value);
  if (typeof inspected === "string") throw new Error(inspected);
  const context = { now: Date.now(), owner: null };
  const read = await readStatement(spooled.value, { inspected, mapping: null }, context, () => true);
  if (!read.ok) throw new Error(`${read.error.reason} at line ${read.error.line}`);
  await spooled.value.close();
}

/** What an upload does, from the first byte to the file that is kept. */
async function store({ file, urls, accountId, userId }: BillOrder): Promise<void> {
  const deps = openDeps(urls, "silent");
  const command = { accountId, source: createReadStream(file), name: "bill.csv.gz", mapping: null };
  const stored = await uploadStatement(deps, { kind: "admin", userId }, command);
  await closeDeps(deps);
  if (!stored.ok) throw new Error(JSON.stringify(stored.error));
}

/** Goes through a bill in this process, and says what it took. */
export async function goThroughBill(order: BillOrder): Promise<void> {
  const startedAt = performance.now();
  await WAYS[order.way](order);
  const seconds = (performance.now() - startedAt) / 1_000;
  endChild(seconds);
}

const inAnotherProcess = (order: BillOrder): Promise<ChildFigures> =>
  runChild({ command: "bill", order, timeoutMs: CHILD_MS_MAX, what: `${order.way} a bill` });

/** A bill of a million payments: cut up, read, and kept by the shop, and the same rows copied into a table by Postgres's own COPY. */
export async function benchBills(
  { deps, urls }: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<BillFigure[]> {
  const rows = options.isSmoke ? SMOKE_ROWS : ROWS;
  const folder = await mkdtemp(path.join(tmpdir(), "kapu-bill-"));
  const file = path.join(folder, "bill.csv.gz");
  const figures: BillFigure[] = [];
  const take = (way: string, seconds: number, peakMb: number | null): void => {
    figures.push({ way, rows, seconds, peakMb });
    tell(
      `bills  ${way}: ${Math.round(rows / seconds)} rows/s${peakMb === null ? "" : `, at most ${Math.round(peakMb)} MB`}`,
    );
  };
  try {
    const from = Math.floor(Math.random() * 9e9);
    await pipeline(Readable.from(wechatBill(rows, { from })), createGzip({ level: 1 }), createWriteStream(file));
    const userId = newId();
    await deps.db.appUser.create({
      data: { id: userId, email: `${userId}@example.com`, passwordHash: "x", role: "admin" },
    });
    const order = { file, urls, accountId: await saveBillAccount(deps), userId };
    for (const [way, name] of [
      ["split", "cut into lines and cells, nothing else"],
      ["parse", "read and checked by the shop"],
      ["store", "kept by the shop"],
    ] as const) {
      const { seconds, peakMb } = await inAnotherProcess({ ...order, way });
      take(name, seconds, peakMb);
    }
    for (const [name, keys] of [
      ["the same rows by COPY, no index", false],
      ["the same rows by COPY, the same indexes", true],
    ] as const) {
      take(
        name,
        await withClient(urls.owner, (client) => copyRows(client, { accountId: order.accountId, keys })),
        null,
      );
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

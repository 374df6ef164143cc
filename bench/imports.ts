import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { openCards } from "@/lib/features/imports/read-cards";
import { importCards } from "@/lib/flows/import-cards";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { besideBuyers } from "./buyers";
import { type ChildFigures, endChild, runChild } from "./child";
import { CopyIn } from "./copy-rows";
import { IMPORT_WAYS, type ImportFigure } from "./import-bars";
import type { Options } from "./options";
import { type BenchShop, openDeps, openVariant } from "./shop";

const ROWS = 1_000_000;
const SMOKE_ROWS = 6_000;
/** Of the rows, what is imported beside buyers by the process that serves them: as long as is looked at. */
const SHARE_OF_ONE_PROCESS = 4;
const CHILD_MS_MAX = 900_000;

/** What a process that goes through a file is told, as JSON on its command line. */
export interface ImportOrder {
  readonly way: "read" | "import";
  readonly file: string;
  readonly urls: DatabaseUrls;
  readonly variantId: string;
  readonly accepted: number;
}

/** Lines of sixty bytes, as long as accounts and passwords are; 60 MB for a million. */
async function* cardLines(count: number): AsyncGenerator<Buffer> {
  for (let line = 0; line < count; line += 1_000) {
    const texts = Array.from({ length: Math.min(1_000, count - line) }, () => {
      const random = randomBytes(26).toString("hex");
      return `${random.slice(0, 26)}----${random.slice(26)}abc\n`;
    });
    yield Buffer.from(texts.join(""));
  }
}

async function readOnly({ file }: ImportOrder): Promise<void> {
  const opened = await openCards(createReadStream(file));
  if (!opened.ok) throw new Error(opened.error);
  let cards = 0;
  for await (const group of opened.value.groups) {
    if (!group.ok) throw new Error(group.error.reason);
    cards += group.value.length;
  }
  if (cards === 0) throw new Error("no cards");
}

async function importWhole(order: ImportOrder): Promise<void> {
  const deps = openDeps(order.urls, "silent");
  await importInto(deps, order);
  await closeDeps(deps);
}

async function importInto(deps: Deps, { file, variantId, accepted }: ImportOrder): Promise<void> {
  const source = createReadStream(file);
  const command = { variantId, merchantId: null, source, actor: { kind: "command_line" }, publish: true } as const;
  const imported = await importCards(deps, command);
  if (!imported.ok) throw new Error(imported.error);
  if (imported.value.accepted !== accepted) throw new Error(`${imported.value.accepted} cards were added`);
}

/** Goes through a file in this process, and says what it took. */
export async function importFile(order: ImportOrder): Promise<void> {
  const startedAt = performance.now();
  await (order.way === "read" ? readOnly(order) : importWhole(order));
  const seconds = (performance.now() - startedAt) / 1_000;
  endChild(seconds);
}

/** With the heap that the command line is given (`npm run kapu`): without a bound, Node takes what a large machine has before it collects. */
const inAnotherProcess = (order: ImportOrder): Promise<ChildFigures> =>
  runChild({
    command: "import",
    order,
    timeoutMs: CHILD_MS_MAX,
    what: `${order.way} a file of cards`,
    nodeArgs: ["--max-old-space-size=256"],
  });

const TABLES = [
  {
    table: "card",
    key: "id",
    columns: ["id", "merchant_id", "variant_id", "pool_id", "batch_id", "pick", "status"],
    cells: "id, merchant_id, variant_id, pool_id, batch_id, pick, status",
  },
  {
    table: "card_secret",
    key: "card_id",
    columns: ["card_id", "variant_id", "key_id", "fingerprint", "ciphertext"],
    cells:
      "card_id, variant_id, key_id, E'\\\\\\\\x' || encode(fingerprint, 'hex'), E'\\\\\\\\x' || encode(ciphertext, 'hex')",
  },
] as const;
const PIECE = 10_000;

/** Copies the variant's rows, as they stand there, into tables of the same columns, checks and indexes; what is measured is Postgres alone. */
async function copyCards(client: pg.Client, variantId: string): Promise<number> {
  let seconds = 0;
  for (const { table, key, columns, cells } of TABLES) {
    await client.query(`DROP TABLE IF EXISTS ${table}_copy`);
    await client.query(`CREATE TABLE ${table}_copy (LIKE ${table} INCLUDING ALL)`);
    const pieces: Buffer[] = [];
    for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
      const { rows } = await client.query<{ key: string; text: string }>(
        `SELECT ${key}::text AS key, concat_ws(E'\\t', ${cells}) AS text FROM ${table}
          WHERE variant_id = $1 AND ${key} > $2 ORDER BY ${key} LIMIT ${PIECE}`,
        [variantId, after],
      );
      if (rows.length === 0) break;
      pieces.push(Buffer.from(`${rows.map(({ text }) => text).join("\n")}\n`));
      after = rows.at(-1)?.key ?? after;
    }
    const copy = new CopyIn(`COPY ${table}_copy (${columns.join(", ")}) FROM STDIN`, pieces);
    const startedAt = performance.now();
    client.query(copy as unknown as pg.Submittable);
    await copy.done;
    seconds += (performance.now() - startedAt) / 1_000;
    await client.query(`DROP TABLE ${table}_copy`);
  }
  return seconds;
}

/** A million cards: read, imported and put on sale, brought again, and the same rows copied by Postgres's own COPY. */
export async function benchImports(
  shop: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<ImportFigure[]> {
  const rows = options.isSmoke ? SMOKE_ROWS : ROWS;
  const { urls, variantId } = await openVariant(shop);
  const folder = await mkdtemp(path.join(tmpdir(), "kapu-cards-"));
  const file = path.join(folder, "cards.txt");
  const figures: ImportFigure[] = [];
  const take = (way: string, seconds: number, peakMb: number | null): void => {
    figures.push({ way, rows, seconds, peakMb });
    const memory = peakMb === null ? "" : `, at most ${Math.round(peakMb)} MB`;
    tell(`import ${way}: ${Math.round(rows / seconds)} cards/s, ${seconds.toFixed(1)} s${memory}`);
  };
  try {
    await pipeline(Readable.from(cardLines(rows)), createWriteStream(file));
    for (const [name, way, accepted] of [
      [IMPORT_WAYS.read, "read", 0],
      [IMPORT_WAYS.first, "import", rows],
      [IMPORT_WAYS.again, "import", 0],
    ] as const) {
      const { seconds, peakMb } = await inAnotherProcess({ way, file, urls, variantId, accepted });
      take(name, seconds, peakMb);
    }
    take(IMPORT_WAYS.copy, await withClient(urls.owner, (client) => copyCards(client, variantId)), null);
    await pipeline(Readable.from(cardLines(rows)), createWriteStream(file));
    const importing = { way: "import", file, urls, variantId, accepted: rows } as const;
    const waits = await besideBuyers(await openVariant(shop), options, { run: () => inAnotherProcess(importing) });
    await pipeline(Readable.from(cardLines(rows / SHARE_OF_ONE_PROCESS)), createWriteStream(file));
    const inOne = { ...importing, accepted: rows / SHARE_OF_ONE_PROCESS };
    const waitsInOne = await besideBuyers(await openVariant(shop), options, {
      run: () => importInto(shop.deps, inOne),
    });
    for (const [way, of, seconds] of [
      [IMPORT_WAYS.alone, rows, waits.alone],
      [IMPORT_WAYS.beside, rows, waits.beside],
      [IMPORT_WAYS.aloneInOne, inOne.accepted, waitsInOne.alone],
      [IMPORT_WAYS.besideInOne, inOne.accepted, waitsInOne.beside],
    ] as const) {
      figures.push({ way, rows: of, seconds, peakMb: null });
      tell(`import  ${way}: ${(1_000 * seconds).toFixed(1)} ms`);
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

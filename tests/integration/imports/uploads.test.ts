// Over 300 lines: one shop and one set of helpers serve every promise about a file on its way; a shop of its own for each would take minutes.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { build } from "esbuild";
import type { ReadingWish } from "@/lib/features/imports/detect";
import { StartForm } from "@/lib/features/imports/schema";
import { findOwnUpload, takeDueImport, type Upload } from "@/lib/features/imports/uploads";
import { finishAbandonedImports } from "@/lib/flows/finish-imports";
import { previewUpload } from "@/lib/flows/preview-upload";
import { publishBatch } from "@/lib/flows/publish-batch";
import { endOfImports, forgetUploads, runImport, runImports } from "@/lib/flows/run-imports";
import { startImport } from "@/lib/flows/start-import";
import { takeBackBatch } from "@/lib/flows/take-back-batch";
import { askReceived, cancelCardUpload, openCardUpload, pasteCards, receiveCardBytes } from "@/lib/flows/upload-cards";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { setBounds } from "@/tests/support/bounds";
import { IMPORT_SAMPLES, readSample } from "@/tests/support/import-samples";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { CANARY, cardText } from "../inventory/card-file";
import { memberOf, newMerchant } from "../merchants/shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

/** So many cards are written at once here; a chunk of the shop is ten of these. */
const CHUNK = 500;
const always = () => true;
const linesOf = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => `${cardText(at + 1)}\n`).join(""));

describe("a file on its way", { timeout: 180_000 }, () => {
  let shop: TestShop;
  let stocked: Stocked;
  let owner: Merchant;
  let script: string;
  let putBoundsBack: () => void;
  test.beforeAll(async ({ database }) => {
    putBoundsBack = setBounds({ importCardsPerChunk: CHUNK });
    shop = await openShop(database);
    script = path.resolve("node_modules", `.upload-child-${process.pid}.mjs`);
    await build({
      entryPoints: [path.resolve("tests/integration/imports/upload-child.ts")],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      tsconfig: path.resolve("tsconfig.json"),
      logLevel: "silent",
    });
  });
  test.beforeEach(async () => {
    stocked = await shop.stock({ cards: 0 });
    owner = await memberOf(shop.deps, stocked.merchantId);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await endOfImports(shop.deps);
    await shop.close();
    removeFolder(script);
    putBoundsBack();
  });

  async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function send(bytes: Buffer, name = "cards.txt"): Promise<string> {
    const draft = { variantId: stocked.variantId, name, byteCount: bytes.length };
    const opened = await openCardUpload(shop.deps, owner, draft);
    if (!opened.ok) throw new Error(opened.error);
    const { uploadId } = opened.value;
    const received = await receiveCardBytes(shop.deps, owner, { uploadId, offset: 0, body: cut(bytes, 300_000) });
    if (!received.ok) throw new Error(received.error);
    return uploadId;
  }

  const uploadOf = async (id: string): Promise<Upload> => {
    const upload = await findOwnUpload(shop.deps.db, owner, id);
    if (!upload) throw new Error("no such upload");
    return upload;
  };

  const look = async (id: string, wish: ReadingWish = {}) => {
    const preview = await previewUpload(shop.deps, await uploadOf(id), wish);
    if (!preview.ok) throw new Error(preview.error.reason);
    return preview.value;
  };

  async function start(id: string, { wish = {}, ...facts }: { wish?: ReadingWish } & Record<string, unknown> = {}) {
    const { detected } = await look(id, wish);
    const reading = JSON.stringify(detected.reading);
    return startImport(shop.deps, owner, StartForm.parse({ uploadId: id, reading, ...facts }));
  }

  /** Imports it here and now, as the job would. */
  async function importNow(id: string): Promise<Upload> {
    await runImport(shop.deps, await uploadOf(id), always);
    return uploadOf(id);
  }

  const batchOf = async (id: string) => {
    const { batchId } = await uploadOf(id);
    const [batch] = await shop.rows<Record<string, unknown>>(
      "SELECT id::text, status, line_count, accepted_count, duplicate_count, rejected_count FROM batch WHERE id = $1",
      [batchId],
    );
    return batch;
  };
  const countCards = async (status?: string): Promise<number> =>
    (
      await shop.rows<{ n: number }>(
        "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = coalesce($2, status)",
        [stocked.variantId, status ?? null],
      )
    )[0]?.n ?? -1;
  const figures = (lines: number, accepted: number, rejected = 0) => ({
    line_count: lines,
    accepted_count: accepted,
    duplicate_count: lines - accepted - rejected,
    rejected_count: rejected,
  });

  test.for(["accounts-gbk.csv", "quoted.csv", "codes.json", "cards.xlsx", "blocks.txt", "utf16be.txt"])(
    "%s: what is imported is what the preview showed",
    async (name) => {
      const sample = IMPORT_SAMPLES.find((each) => each.name === name);
      if (!sample) throw new Error(name);
      const refused = Object.keys(sample.rejects ?? {}).length;
      const id = await send(readSample(name), name);
      const preview = await look(id);
      expect(preview.items.flatMap(({ text }) => (text === null ? [] : [text]))).toEqual(sample.cards);
      expect(preview).toMatchObject({
        cards: sample.cards.length,
        duplicates: sample.cards.length - new Set(sample.cards).size,
      });
      await start(id);
      const distinct = new Set(sample.cards).size;
      expect(await importNow(id)).toMatchObject({ state: "done", expectedLines: sample.cards.length + refused });
      expect(await batchOf(id)).toMatchObject({
        status: "draft",
        ...figures(sample.cards.length + refused, distinct, refused),
      });
      // Its bytes have done what they came for.
      expect(await shop.rows("SELECT 1 FROM card_upload_piece WHERE upload_id = $1", [id])).toEqual([]);
    },
  );

  test("a correction by the merchant decides what is imported, and the file's own words stay out of the database", async () => {
    const id = await send(Buffer.from(`${CANARY}-1,${CANARY}-a\n${CANARY}-2,${CANARY}-b\n`));
    expect((await look(id)).items.map(({ text }) => text)).toEqual([
      `${CANARY}-1,${CANARY}-a`,
      `${CANARY}-2,${CANARY}-b`,
    ]);
    const wish = { format: "table", separator: ",", hasHeader: true, chosen: [1] } as const;
    expect((await look(id, wish)).items.map(({ text }) => text)).toEqual([`${CANARY}-b`]);
    await start(id, { wish });
    await importNow(id);
    expect(await batchOf(id)).toMatchObject(figures(1, 1));
    const rows = await shop.rows<{ text: string }>("SELECT u::text AS text FROM card_upload u WHERE id = $1", [id]);
    expect(rows[0]?.text).not.toContain(CANARY);
  });

  test("bytes are sealed as they come; a cut connection goes on where it ended, and from nowhere else", async () => {
    const bytes = linesOf(2_500);
    const opened = await openCardUpload(shop.deps, owner, {
      variantId: stocked.variantId,
      name: "x.txt",
      byteCount: bytes.length,
    });
    if (!opened.ok) throw new Error(opened.error);
    const { uploadId } = opened.value;
    async function* broken() {
      yield bytes.subarray(0, 60_000);
      throw new Error("the connection was cut");
    }
    await expect(receiveCardBytes(shop.deps, owner, { uploadId, offset: 0, body: broken() })).rejects.toThrow("cut");
    expect(await askReceived(shop.deps, owner, uploadId)).toEqual({ offset: 60_000, byteCount: bytes.length });
    const from = (offset: number) =>
      receiveCardBytes(shop.deps, owner, { uploadId, offset, body: cut(bytes.subarray(offset), 20_000) });
    expect(await from(50_000)).toEqual({ ok: false, error: "offset_conflict" });
    const both = await Promise.all([from(60_000), from(60_000)]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    const rows = await shop.rows<{ n: number; plain: boolean }>(
      "SELECT count(*)::int AS n, bool_or(position($2::bytea IN ciphertext) > 0) AS plain FROM card_upload_piece WHERE upload_id = $1",
      [uploadId, Buffer.from(CANARY)],
    );
    expect(rows[0]?.plain).toBe(false);
    await start(uploadId);
    await importNow(uploadId);
    expect(await batchOf(uploadId)).toMatchObject(figures(2_500, 2_500));
  });

  test("killed in the middle, by whoever and whenever, it goes on in the same batch with the totals of an unbroken run", async () => {
    const id = await send(Buffer.concat([linesOf(16_000), Buffer.from("\nlast\n")]));
    await start(id);
    const reached: number[] = [];
    // By a connection that is there already: a look of a new one would come late.
    const lineCount = async () => {
      const { batchId } = await uploadOf(id);
      const batch = batchId ? await shop.deps.db.batch.findUnique({ where: { id: batchId } }) : null;
      return batch?.lineCount ?? 0;
    };
    for (let round = 0; round < 2; round += 1) {
      const child = startWorker();
      await once(child.stdout!, "data");
      const target = (reached.at(-1) ?? 0) + CHUNK;
      await expect.poll(lineCount, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(target);
      await kill(child);
      reached.push((await batchOf(id))?.line_count as number);
      expect((await uploadOf(id)).state).toBe("importing");
      // Nobody takes it for dead but those who go on with it.
      expect(await finishAbandonedImports(shop.deps)).toBe(0);
      await shop.rows("UPDATE card_upload SET heartbeat_at = to_timestamp(0) WHERE id = $1", [id]);
    }
    const before = (await batchOf(id))?.id;
    expect(await runImports(shop.deps)).toBe(1);
    await expect.poll(() => uploadOf(id), { timeout: 60_000 }).toMatchObject({ state: "done" });
    expect(await batchOf(id)).toMatchObject({ id: before, status: "draft", ...figures(16_002, 16_001, 1) });
    expect(reached[0]).toBeLessThan(reached[1] ?? 0);
    expect(await countCards("draft")).toBe(16_001);
  });

  test("two processes at one import add each line once", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    const other = openDeps(shop.urls);
    const upload = await uploadOf(id);
    await Promise.all([runImport(shop.deps, upload, always), runImport(other, upload, always)]);
    await closeDeps(other);
    for (let round = 0; round < 5 && (await uploadOf(id)).state === "importing"; round += 1) await importNow(id);
    expect(await batchOf(id)).toMatchObject({ status: "draft", ...figures(1_200, 1_200) });
    expect(await countCards()).toBe(1_200);
    await finishAbandonedImports(shop.deps);
  });

  test("the same file in two tabs adds once, and a form sent twice imports once", async () => {
    const [first, second] = [await send(linesOf(700)), await send(linesOf(700))];
    await Promise.all([start(first), start(second)]);
    expect(await start(first)).toMatchObject({ ok: true });
    await Promise.all([importNow(first), importNow(second)]);
    const [a, b] = [await batchOf(first), await batchOf(second)];
    expect(Number(a?.accepted_count) + Number(b?.accepted_count)).toBe(700);
    expect(Number(a?.duplicate_count) + Number(b?.duplicate_count)).toBe(700);
    expect(await countCards()).toBe(700);
  });

  test("a process that is told to stop lets go behind a whole chunk, and the next one goes on at once", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    let chunks = 0;
    await runImport(shop.deps, await uploadOf(id), () => chunks++ < 1);
    expect((await batchOf(id))?.line_count).toBe(CHUNK);
    const due = await takeDueImport(shop.deps.db);
    expect(due?.id).toBe(id);
    expect(await importNow(id)).toMatchObject({ state: "done" });
    expect(await batchOf(id)).toMatchObject(figures(1_200, 1_200));
  });

  test("cancelled in the middle, no card stays, and the same file can be brought again", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    let chunks = 0;
    await runImport(shop.deps, await uploadOf(id), () => chunks++ < 1);
    expect(await countCards("draft")).toBe(CHUNK);
    expect(await cancelCardUpload(shop.deps, owner, id)).toMatchObject({ ok: true });
    expect(await cancelCardUpload(shop.deps, owner, id)).toEqual({ ok: false, error: "already_ended" });
    const again = await send(linesOf(1_200));
    await start(again);
    await importNow(again);
    expect(await batchOf(again)).toMatchObject(figures(1_200, 1_200));
    expect(await batchOf(id)).toMatchObject({ status: "failed", accepted_count: 0 });
  });

  test("cancelled while somebody is at it, it stops and takes its cards away", async () => {
    const id = await send(linesOf(6_000));
    await start(id);
    const work = importNow(id);
    const cards = () => shop.deps.db.card.count({ where: { variantId: stocked.variantId } });
    await expect.poll(cards, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await cancelCardUpload(shop.deps, owner, id);
    expect(await work).toMatchObject({ state: "cancelled" });
    await finishAbandonedImports(shop.deps);
    expect(await countCards()).toBe(0);
  });

  test("a file that cannot be read to its end leaves nothing, and says the line", async () => {
    const rows = Array.from({ length: 900 }, (_, at) => `S-${at},note\n`).join("");
    const id = await send(Buffer.from(`secret,note\n${rows}"open,x\nS-last,y\n`));
    await start(id);
    expect(await importNow(id)).toMatchObject({ state: "refused", failure: "unclosed_quote", failureLine: 902 });
    expect(await batchOf(id)).toMatchObject({ status: "failed", accepted_count: 0 });
    expect(await countCards()).toBe(0);
  });

  test("what a batch is stands on it: cost, source, warranty, and the day on which its cards expire", async () => {
    const id = await send(Buffer.from("A-1\nA-2\n"));
    await start(id, { note: "n", source: "s", cost: "2.10", currency: "CNY", expires: "2030-01-31", warranty: "30" });
    await importNow(id);
    const { batchId } = await uploadOf(id);
    const batch = await shop.deps.db.batch.findUniqueOrThrow({ where: { id: batchId ?? "" } });
    expect(batch).toMatchObject({ note: "n", source: "s", unitCostMinor: 210n, costCurrency: "CNY", warrantyDays: 30 });
    expect(batch.cardsExpireAt?.toISOString()).toBe("2030-01-31T16:00:00.000Z");
    const cards = await shop.rows<{ at: Date; day: string }>(
      "SELECT expires_at AS at, (pick >> 43)::text AS day FROM card WHERE batch_id = $1",
      [batchId],
    );
    expect(cards.map(({ at }) => at.toISOString())).toEqual(["2030-01-31T16:00:00.000Z", "2030-01-31T16:00:00.000Z"]);
    expect(new Set(cards.map(({ day }) => Number(day)))).toEqual(new Set([Date.UTC(2030, 0, 31) / 86_400_000]));
  });

  test("an upload is nobody's but who began it, and nothing of another merchant's can be filled", async () => {
    const id = await send(Buffer.from("SECRET-1\n"));
    const colleague = await memberOf(shop.deps, stocked.merchantId);
    const foreigner = await newMerchant(shop.deps);
    for (const viewer of [colleague, foreigner]) {
      expect(await askReceived(shop.deps, viewer, id)).toBeNull();
      expect(await findOwnUpload(shop.deps.db, viewer, id)).toBeNull();
      const body = cut(Buffer.from("x"), 1);
      expect(await receiveCardBytes(shop.deps, viewer, { uploadId: id, offset: 0, body })).toEqual({
        ok: false,
        error: "not_found",
      });
      const form = StartForm.parse({ uploadId: id, reading: "{}" });
      expect(await startImport(shop.deps, viewer, form)).toEqual({ ok: false, error: "not_found" });
    }
    expect(await cancelCardUpload(shop.deps, foreigner, id)).toEqual({ ok: false, error: "not_found" });
    const draft = { variantId: stocked.variantId, name: "", byteCount: 1 };
    expect(await openCardUpload(shop.deps, foreigner, draft)).toEqual({ ok: false, error: "not_found" });
    await cancelCardUpload(shop.deps, owner, id);
  });

  test("a merchant has a bounded number of files on their way, and forgotten ones are taken away", async () => {
    const putBack = setBounds({ importUploadsOpenMax: 2 });
    const paste = () => pasteCards(shop.deps, owner, { variantId: stocked.variantId, text: "P-1" });
    const opened = [await paste(), await paste(), await paste()].map((result) => (result.ok ? "open" : result.error));
    putBack();
    // Those of other tests are the same merchant's.
    expect(opened.at(-1)).toBe("too_many_uploads");
    await shop.rows("UPDATE card_upload SET heartbeat_at = heartbeat_at - interval '4 days' WHERE state = 'received'");
    await forgetUploads(shop.deps);
    expect(
      await shop.rows(
        "SELECT 1 FROM card_upload_piece p JOIN card_upload u ON u.id = p.upload_id WHERE u.state = 'cancelled'",
      ),
    ).toEqual([]);
  });

  test("a batch taken back is sold no more, and its texts can be brought again", async () => {
    const id = await send(linesOf(1_200));
    await start(id, { publish: "on" });
    await importNow(id);
    expect(await countCards("available")).toBe(1_200);
    const { batchId } = await uploadOf(id);
    const foreigner = await newMerchant(shop.deps);
    expect(await takeBackBatch(shop.deps, foreigner, batchId ?? "")).toEqual({ ok: false, error: "not_found" });
    expect(await takeBackBatch(shop.deps, owner, batchId ?? "")).toEqual({
      ok: true,
      value: { takenBack: 1_200, isWhole: true },
    });
    expect(await takeBackBatch(shop.deps, owner, batchId ?? "")).toMatchObject({ ok: true, value: { takenBack: 0 } });
    expect(await countCards("withdrawn")).toBe(1_200);
    expect(await publishBatch(shop.deps, { batchId: batchId ?? "", actor: owner })).toEqual({
      ok: false,
      error: "not_publishable",
    });
    const again = await send(linesOf(1_200));
    await start(again, { publish: "on" });
    await importNow(again);
    expect(await batchOf(again)).toMatchObject({ status: "published", ...figures(1_200, 1_200) });
  });

  test("of a batch of which one card is ordered, nothing is taken back", async () => {
    const id = await send(linesOf(3));
    await start(id, { publish: "on" });
    await importNow(id);
    await shop.place(stocked.variantId);
    const { batchId } = await uploadOf(id);
    expect(await takeBackBatch(shop.deps, owner, batchId ?? "")).toEqual({ ok: false, error: "batch_sold" });
    expect(await countCards("available")).toBe(2);
  });

  function startWorker(): ChildProcess {
    return spawn(process.execPath, [script, JSON.stringify(shop.urls), `${CHUNK}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
});

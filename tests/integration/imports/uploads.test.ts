import { StartForm } from "@/lib/features/imports/schema";
import { findOwnUpload } from "@/lib/features/imports/uploads";
import { publishBatch } from "@/lib/flows/publish-batch";
import { forgetUploads } from "@/lib/flows/run-imports";
import { startImport } from "@/lib/flows/start-import";
import { takeBackBatch } from "@/lib/flows/take-back-batch";
import { askReceived, cancelCardUpload, openCardUpload, pasteCards, receiveCardBytes } from "@/lib/flows/upload-cards";
import { setBounds } from "@/tests/support/bounds";
import { IMPORT_SAMPLES, readSample } from "@/tests/support/import-samples";
import { describe, expect, test } from "@/tests/support/test";
import { CANARY } from "../inventory/card-file";
import { memberOf, newMerchant } from "../merchants/shops";
import {
  batchOf,
  countCards,
  cut,
  figures,
  importNow,
  linesOf,
  look,
  owner,
  send,
  shop,
  start,
  stocked,
  uploadOf,
  useUploadScene,
} from "./upload-scene";

useUploadScene();

describe("a file on its way", { timeout: 180_000 }, () => {
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
});

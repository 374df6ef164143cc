import type { ReadingWish } from "@/lib/features/imports/detect";
import { StartForm } from "@/lib/features/imports/schema";
import { findOwnUpload, type Upload } from "@/lib/features/imports/uploads";
import { previewUpload } from "@/lib/flows/preview-upload";
import { endOfImports, runImport } from "@/lib/flows/run-imports";
import { startImport } from "@/lib/flows/start-import";
import { openCardUpload, receiveCardBytes } from "@/lib/flows/upload-cards";
import type { Viewer } from "@/lib/kernel/viewer";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { test } from "@/tests/support/test";
import { cardText } from "../inventory/card-file";
import { memberOf } from "../merchants/shops";

export type Merchant = Extract<Viewer, { kind: "merchant" }>;

/** So many cards are written at once here; a chunk of the shop is ten of these. */
export const CHUNK = 500;
export const always = () => true;
export const linesOf = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => `${cardText(at + 1)}\n`).join(""));

/** The shop of the file that runs, and of its test an empty variant with its owner. */
export let shop: TestShop;
export let stocked: Stocked;
export let owner: Merchant;
let putBoundsBack: () => void;

/** A shop of this file's own, which imports in small chunks; its books are audited after each test. */
export function useUploadScene(): void {
  test.beforeAll(async ({ database }) => {
    putBoundsBack = setBounds({ importCardsPerChunk: CHUNK });
    shop = await openShop(database);
  });
  test.beforeEach(async () => {
    stocked = await shop.stock({ cards: 0 });
    owner = await memberOf(shop.deps, stocked.merchantId);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await endOfImports(shop.deps);
    await shop.close();
    putBoundsBack();
  });
}

export async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function send(bytes: Buffer, name = "cards.txt"): Promise<string> {
  const draft = { variantId: stocked.variantId, name, byteCount: bytes.length };
  const opened = await openCardUpload(shop.deps, owner, draft);
  if (!opened.ok) throw new Error(opened.error);
  const { uploadId } = opened.value;
  const received = await receiveCardBytes(shop.deps, owner, { uploadId, offset: 0, body: cut(bytes, 300_000) });
  if (!received.ok) throw new Error(received.error);
  return uploadId;
}

export const uploadOf = async (id: string): Promise<Upload> => {
  const upload = await findOwnUpload(shop.deps.db, owner, id);
  if (!upload) throw new Error("no such upload");
  return upload;
};

export const look = async (id: string, wish: ReadingWish = {}) => {
  const preview = await previewUpload(shop.deps, await uploadOf(id), wish);
  if (!preview.ok) throw new Error(preview.error.reason);
  return preview.value;
};

export async function start(
  id: string,
  { wish = {}, ...facts }: { wish?: ReadingWish } & Record<string, unknown> = {},
) {
  const { detected } = await look(id, wish);
  const reading = JSON.stringify(detected.reading);
  return startImport(shop.deps, owner, StartForm.parse({ uploadId: id, reading, ...facts }));
}

/** Imports it here and now, as the job would. */
export async function importNow(id: string): Promise<Upload> {
  await runImport(shop.deps, await uploadOf(id), always);
  return uploadOf(id);
}

export const batchOf = async (id: string) => {
  const { batchId } = await uploadOf(id);
  const [batch] = await shop.rows<Record<string, unknown>>(
    "SELECT id::text, status, line_count, accepted_count, duplicate_count, rejected_count FROM batch WHERE id = $1",
    [batchId],
  );
  return batch;
};
export const countCards = async (status?: string): Promise<number> =>
  (
    await shop.rows<{ n: number }>(
      "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = coalesce($2, status)",
      [stocked.variantId, status ?? null],
    )
  )[0]?.n ?? -1;
export const figures = (lines: number, accepted: number, rejected = 0) => ({
  line_count: lines,
  accepted_count: accepted,
  duplicate_count: lines - accepted - rejected,
  rejected_count: rejected,
});

import { readdirSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { keepPicture, listPictures } from "@/lib/features/merchants/pictures";
import { findProduct } from "@/lib/features/merchants/products";
import { saveProduct } from "@/lib/features/merchants/save-product";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openShop, type TestShop } from "../../support/shop";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { newMerchant, productForm } from "./shops";

let database: TestDatabase;
let shop: TestShop;
let merchant: Extract<Viewer, { kind: "merchant" }>;
let stranger: Extract<Viewer, { kind: "merchant" }>;
let categoryId: string;
let folder: string;

const pictureOf = (background: string) =>
  sharp({ create: { width: 600, height: 450, channels: 3, background } })
    .png()
    .toBuffer();

beforeAll(async () => {
  database = await createDatabase();
  folder = makeTemporaryFolder("pictures");
  shop = await openShop(database, { KAPU_DATA_DIR: folder });
  merchant = await newMerchant(shop.deps);
  stranger = await newMerchant(shop.deps);
  categoryId = (await shop.deps.db.category.findFirstOrThrow()).id;
});
afterAll(async () => {
  await shop.close();
  await database.drop();
  removeFolder(folder);
});

async function upload(viewer: typeof merchant, background: string): Promise<string> {
  const kept = await keepPicture(shop.deps, viewer, await pictureOf(background));
  if (!kept.ok) throw new Error(kept.error);
  return kept.value.path;
}

const get = (address: string, headers: Record<string, string> = {}) =>
  createApi(shop.deps).request(address, { headers });

test("an uploaded picture is served for ever, as a picture and nothing else", async () => {
  const address = await upload(merchant, "green");
  for (const file of [address, address.replace(".webp", "-480.webp")]) {
    const reply = await get(file);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("image/webp");
    expect(reply.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await sharp(Buffer.from(await reply.arrayBuffer())).metadata()).format).toBe("webp");
    const etag = reply.headers.get("etag") as string;
    expect((await get(file, { "If-None-Match": etag })).status).toBe(304);
  }
});

test("no address leads out of the folder of pictures", async () => {
  for (const name of ["..%2Fsecret", "secret", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", `${"a".repeat(32)}.svg`, "a.webp"])
    expect([name, (await get(`/api/media/${name}`)).status]).toEqual([name, 404]);
  expect((await get(`/api/media/${"0".repeat(32)}.webp`)).status).toBe(404);
});

test("the same picture twice is one file and one row, and no draft of a file is left", async () => {
  const first = await upload(merchant, "blue");
  const before = await listPictures(shop.deps, merchant.merchantId);
  expect(await upload(merchant, "blue")).toBe(first);
  expect(await listPictures(shop.deps, merchant.merchantId)).toEqual(before);
  const files = readdirSync(path.join(folder, "media"), { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => file.includes(".webp.")).length).toBe(0);
});

test("a product shows pictures of its own merchant, and never one of which only another knows", async () => {
  const address = await upload(merchant, "orange");
  const refused = await saveProduct(shop.deps, stranger, productForm({ categoryId, picture: address }));
  expect(refused).toEqual({ ok: false, error: "picture_unknown" });
  const saved = await saveProduct(
    shop.deps,
    merchant,
    productForm({ categoryId, picture: address, pictureAltZh: "橙" }),
  );
  if (!saved.ok) throw new Error(saved.error);
  expect(await findProduct(shop.deps, merchant, saved.value.productId)).toMatchObject({
    picture: address,
    pictureAltZh: "橙",
  });
  expect(await listPictures(shop.deps, stranger.merchantId)).toEqual([]);
});

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { mediaStoreOf } from "@/lib/platform/media-store";
import { type BucketHouse, openBucketHouse } from "../../support/bucket-house";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

const NAME = "0123456789abcdef0123456789abcdef.webp";
const KEY = { keyId: "AKIASHOP", secret: "a secret of the shop/+=", region: "eu-central-1" };
let house: BucketHouse;
let folder: string;

beforeAll(async () => {
  folder = makeTemporaryFolder("media");
  house = await openBucketHouse(KEY);
});
afterAll(async () => {
  await house.close();
  removeFolder(folder);
});

const storeOf = (bucket: object | null) => mediaStoreOf({ env: { dataDir: folder, bucket } } as unknown as Deps);
const inBucket = (change: object = {}) =>
  storeOf({ url: house.url, keyId: KEY.keyId, region: KEY.region, secret: new Secret(KEY.secret), ...change });

describe.each([
  ["the disk", () => storeOf(null)],
  ["a bucket", () => inBucket()],
])("%s", (_name, open) => {
  test("gives back the bytes that were put, the same when they are put again, and null for what is not there", async () => {
    const bytes = randomBytes(70_000);
    const store = open();
    expect(await store.read(NAME)).toBeNull();
    await store.put(NAME, bytes);
    await store.put(NAME, bytes);
    expect(await store.read(NAME)).toEqual(bytes);
    expect(await open().read(NAME)).toEqual(bytes);
  });

  test("knows no name but those of pictures", async () => {
    for (const name of ["../../etc/passwd", "a.webp", `${"0".repeat(32)}.svg`, ""]) {
      expect(await open().read(name)).toBeNull();
      await expect(open().put(name, randomBytes(8))).rejects.toThrow();
    }
  });
});

describe("in a bucket", () => {
  test("files lie under the path that they have on the disk, as pictures", () => {
    const [name, object] = [...house.objects][0]!;
    expect([name, object.type]).toEqual([`/shop/media/01/${NAME}`, "image/webp"]);
    expect(readFileSync(path.join(folder, "media/01", NAME)).length).toBe(object.body.length);
  });

  test("a wrong key, a place that has moved and one that is down are errors, and never a picture that is missing", async () => {
    await expect(inBucket({ secret: new Secret("another") }).read(NAME)).rejects.toThrow("403");
    await expect(inBucket({ region: "us-east-1" }).put(NAME, randomBytes(8))).rejects.toThrow("403");
    house.failures.push(307);
    await expect(inBucket().read(NAME)).rejects.toThrow("307");
    house.failures.push(...Array.from({ length: limits.bucketRetries + 1 }, () => 503));
    await expect(inBucket().read(NAME)).rejects.toThrow("503");
    expect(house.failures).toEqual([]);
    house.failures.push(503);
    expect(await inBucket().read(NAME)).not.toBeNull();
  });

  test("an object larger than any picture is not read", async () => {
    const large = NAME.replace("01", "0a");
    house.objects.set(`/shop/media/0a/${large}`, {
      body: Buffer.alloc(limits.pictureBytesMax + 1),
      type: "image/webp",
    });
    await expect(inBucket().read(large)).rejects.toThrow("bytes");
  });
});

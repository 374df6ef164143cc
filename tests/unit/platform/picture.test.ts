import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { encodePicture } from "@/lib/platform/picture";

const red = { create: { width: 1200, height: 900, channels: 3, background: "red" } } as const;
const made = {
  jpeg: () =>
    sharp(red)
      .jpeg()
      .withExif({ IFD0: { Copyright: "Wernher" } })
      .toBuffer(),
  png: () => sharp(red).png().toBuffer(),
  webp: () => sharp(red).webp().toBuffer(),
};

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes: Buffer): number => {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
};
function chunk(kind: string, body: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(head));
  return Buffer.concat([length, head, sum]);
}
/** A PNG that says how large it is, and whose pixels are all the same: a few kilobytes that unpack to gigabytes. */
function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min(64 * 1024 * 1024, (width * 3 + 1) * height)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>`;

describe("an uploaded picture", () => {
  test.each(["jpeg", "png", "webp"] as const)("of the kind %s is encoded anew in two sizes", async (kind) => {
    const encoded = await encodePicture(await made[kind]());
    if (!encoded.ok) throw new Error(encoded.error);
    expect([encoded.value.width, encoded.value.height]).toEqual([960, 720]);
    const [large, small] = await Promise.all(
      [encoded.value.large, encoded.value.small].map((bytes) => sharp(bytes).metadata()),
    );
    expect([large?.format, large?.width, small?.width]).toEqual(["webp", 960, 480]);
  });

  test("leaves behind what the camera wrote: no metadata and nothing after its end", async () => {
    const source = Buffer.concat([await made.jpeg(), Buffer.from("PK\u0003\u0004 an archive behind the picture")]);
    expect((await sharp(await made.jpeg()).metadata()).exif).toBeDefined();
    const encoded = await encodePicture(source);
    if (!encoded.ok) throw new Error(encoded.error);
    const kept = await sharp(encoded.value.large).metadata();
    expect([kept.exif, kept.xmp, kept.icc]).toEqual([undefined, undefined, undefined]);
    expect(encoded.value.large.includes("Wernher")).toBe(false);
    expect(encoded.value.large.includes("archive")).toBe(false);
  });

  test("is turned as the camera held it", async () => {
    const turned = await sharp(red).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const encoded = await encodePicture(turned);
    expect(encoded).toMatchObject({ ok: true, value: { width: 720, height: 960 } });
  });

  test.each([
    ["nothing", Buffer.alloc(0), "not_a_picture"],
    ["a text", Buffer.from("hello"), "not_a_picture"],
    ["an SVG with a script", Buffer.from(SVG), "not_a_picture"],
    ["an SVG behind a byte order mark", Buffer.from(`\ufeff${SVG}`), "not_a_picture"],
    ["a PDF", Buffer.from("%PDF-1.7\n"), "not_a_picture"],
    ["a GIF", Buffer.from("GIF89a\u0001\u0000\u0001\u0000"), "not_a_picture"],
    ["a page that calls itself a picture", Buffer.from("<html><img></html>"), "not_a_picture"],
    [
      "the first bytes of a JPEG and then an SVG",
      Buffer.from([0xff, 0xd8, 0xff, ...Buffer.from(SVG)]),
      "picture_damaged",
    ],
    [
      "an SVG in the clothes of a WebP",
      Buffer.from(`RIFF\u0010\u0000\u0000\u0000WEBP${SVG}`, "latin1"),
      "picture_damaged",
    ],
    ["a bomb of 30,000 × 30,000 pixels", bomb(30_000, 30_000), "picture_too_large"],
    ["a bomb of one row", bomb(2_000_000, 19), "picture_too_large"],
    ["a picture whose pixels are missing", bomb(4_000, 8_000).subarray(0, 400), "picture_damaged"],
  ])("is refused when it is %s", async (_name, bytes, refusal) => {
    expect(await encodePicture(bytes)).toEqual({ ok: false, error: refusal });
  });

  test("that is cut in the middle is refused, not half shown", async () => {
    const whole = await sharp({ create: { ...red.create, noise: { type: "gaussian", mean: 128, sigma: 30 } } })
      .jpeg()
      .toBuffer();
    expect(await encodePicture(whole.subarray(0, whole.length / 2))).toEqual({ ok: false, error: "picture_damaged" });
  });

  test("of many at once is done one after another, and past the bound one is told to come again", async () => {
    const bytes = await made.png();
    const results = await Promise.all(Array.from({ length: 12 }, () => encodePicture(bytes)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(8);
    expect(results.filter((result) => !result.ok && result.error === "pictures_busy")).toHaveLength(4);
  });
});

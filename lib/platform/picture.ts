import sharp from "sharp";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { createLine } from "./waiting-line";

/** A picture as the shop keeps it: two sizes, nothing of the file that came. */
export interface EncodedPicture {
  readonly width: number;
  readonly height: number;
  readonly large: Buffer;
  readonly small: Buffer;
}

export type PictureRefusal = "not_a_picture" | "picture_too_large" | "picture_damaged" | "pictures_busy";

// Only these three decoders are ever entered, whatever a file says of itself: SVG, PDF and the rare formats are not read at all.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp"].flatMap((format) => [
    `VipsForeignLoad${format}`,
    `VipsForeignLoad${format}Buffer`,
    `VipsForeignLoad${format}File`,
  ]),
});
// One picture at a time on one core: orders are served by the others. And no memory of pictures that were.
sharp.concurrency(1);
sharp.cache(false);

const startsWith = (bytes: Buffer, signature: readonly number[], at = 0): boolean =>
  signature.every((byte, n) => bytes[at + n] === byte);

/** By the first bytes and never by a name or a type that somebody sent. */
const isKnown = (bytes: Buffer): boolean =>
  startsWith(bytes, [0xff, 0xd8, 0xff]) ||
  startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ||
  (startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes, [0x57, 0x45, 0x42, 0x50], 8));

const line = createLine();
let waiting = 0;

/**
 * Decodes a JPEG, PNG or WebP completely and encodes it anew, so that nothing survives but what can be seen: no metadata, no
 * place, no trailing archive. A picture of too many pixels is refused by its header, before any of them is unpacked.
 */
export async function encodePicture(bytes: Buffer): Promise<Result<EncodedPicture, PictureRefusal>> {
  if (!isKnown(bytes)) return err("not_a_picture");
  if (waiting >= limits.picturesWaitingMax) return err("pictures_busy");
  waiting += 1;
  try {
    return await line.run("picture", () => encode(bytes));
  } finally {
    waiting -= 1;
  }
}

async function encode(bytes: Buffer): Promise<Result<EncodedPicture, PictureRefusal>> {
  const options = { limitInputPixels: limits.picturePixelsMax, failOn: "warning", sequentialRead: true } as const;
  try {
    const { width = 0, height = 0 } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
    if (width * height > limits.picturePixelsMax) return err("picture_too_large");
    const shrunk = await sharp(bytes, options)
      .autoOrient()
      .resize({ width: limits.pictureEdge, height: limits.pictureEdge, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .timeout({ seconds: limits.pictureSeconds })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { info } = shrunk;
    const raw = { width: info.width, height: info.height, channels: info.channels };
    const webp = { quality: 82, effort: 4 };
    const large = await sharp(shrunk.data, { raw }).webp(webp).toBuffer();
    const half = { width: limits.pictureEdgeSmall, height: limits.pictureEdgeSmall, fit: "inside" } as const;
    const small = await sharp(shrunk.data, { raw })
      .resize({ ...half, withoutEnlargement: true })
      .webp(webp)
      .toBuffer();
    return ok({ width: info.width, height: info.height, large, small });
  } catch {
    // Cut short, of a kind inside that only looked like one, or slower than a picture is: the file is at fault.
    return err("picture_damaged");
  }
}

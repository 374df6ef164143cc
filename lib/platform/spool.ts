import { createHash } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { RangeSource } from "./zip";

/** Bytes that came once and can be read as often as one likes. */
export interface Spool extends RangeSource {
  readonly sha256: Buffer;
  close(): Promise<void>;
}

const PIECE = 256 * 1024;

/**
 * Keeps a stream in a file without a name, however large it is: memory is bounded, nobody else can open it, and it is gone with the
 * process, whatever ends that. A stream of more than `bytesMax` is refused and not read to its end.
 */
export async function spool(
  source: AsyncIterable<Uint8Array>,
  { bytesMax }: { readonly bytesMax: number },
): Promise<Result<Spool, "too_large">> {
  const folder = await mkdtemp(path.join(tmpdir(), "kapu-"));
  const file = await open(path.join(folder, "spool"), "wx+", 0o600).finally(() => rm(folder, { recursive: true }));
  const hash = createHash("sha256");
  let byteCount = 0;
  try {
    for await (const chunk of source) {
      byteCount += chunk.length;
      if (byteCount > bytesMax) break;
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  if (byteCount > bytesMax) {
    await file.close();
    return err("too_large");
  }
  async function* read(from = 0, to = byteCount): AsyncGenerator<Buffer> {
    for (let at = from; at < to; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(PIECE, to - at)), 0, undefined, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
  return ok({ byteCount, sha256: hash.digest(), read, close: () => file.close() });
}

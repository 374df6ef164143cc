import { addChunk, type Chunk } from "@/lib/features/statements/store";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * Writes chunks in their order. One is written while the next one is made ready and sent, and waits for it in the database; a failure of
 * one is met where the next but one is handed over.
 */
export class ChunkWriter {
  readonly #inFlight: Promise<boolean>[] = [];

  constructor(
    private readonly deps: Deps,
    private readonly fileId: string,
    /** The last line that is in, or on its way. */
    private from: number,
  ) {}

  /** False: somebody else has ended the file. */
  async add(chunk: Omit<Chunk, "from">): Promise<boolean> {
    while (this.#inFlight.length >= limits.statementChunksInFlight) if (!(await this.#inFlight.shift())) return false;
    const written = this.#write({ ...chunk, from: this.from }, this.#inFlight.at(-1));
    written.catch(() => {});
    this.#inFlight.push(written);
    this.from = chunk.line;
    return true;
  }

  /** All that was handed over is in. */
  async isWritten(): Promise<boolean> {
    return (await Promise.all(this.#inFlight)).every(Boolean);
  }

  /** Nothing is on its way any more, whatever became of it. */
  async rest(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #write(chunk: Chunk, before: Promise<boolean> | undefined): Promise<boolean> {
    // A chunk that met a lock for too long, or a deadlock with a stranger, is written again; it had changed nothing.
    const write = () => inTransaction(this.deps.db, async (tx) => ok(await addChunk(tx, this.fileId, chunk)));
    let written = await write();
    if (written.ok && written.value === "early") {
      // So it was with the one before it, which therefore comes behind it; now its turn has come.
      if (before && !(await before)) return false;
      written = await write();
      assert(!written.ok || written.value !== "early", "the chunk before it is in");
    }
    return written.ok && written.value !== "elsewhere";
  }
}

import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { cardAad, fingerprint, type Keys, seal } from "@/lib/platform/crypto";
import type { ImportLine } from "./import-lines";
import type { ImportBatch, ImportChunk, SealedCard } from "./import-store";

/** Seals lines and gathers them into chunks that fit one transaction; the texts themselves are not kept. */
export interface ChunkBuilder {
  /** Takes one line; true when the chunk is full and should be written. */
  take(line: ImportLine): boolean;
  /** The chunk so far; the next one begins empty. Null when there is nothing in it. */
  cut(): ImportChunk | null;
}

interface Growing {
  readonly cards: Map<string, SealedCard>;
  readonly rejects: ImportChunk["rejects"][number][];
  lineCount: number;
  rejectedCount: number;
  byteCount: number;
}

const emptyChunk = (): Growing => ({ cards: new Map(), rejects: [], lineCount: 0, rejectedCount: 0, byteCount: 0 });

/** Each card is sealed under the batch's key and bound to its place; equal texts within a chunk are taken once. */
export function createChunkBuilder(keys: Keys, dataKey: Uint8Array, batch: ImportBatch): ChunkBuilder {
  const fingerprintKey = keys.fingerprint(batch.merchantId);
  let chunk = emptyChunk();
  let rejectsKept = 0;

  function takeCard(bytes: Uint8Array): void {
    const print = fingerprint(fingerprintKey, bytes).toString("hex");
    if (chunk.cards.has(print)) return;
    const id = newId();
    const ciphertext = seal(dataKey, bytes, cardAad({ ...batch, cardId: id })).toString("hex");
    chunk.cards.set(print, { id, fingerprint: print, ciphertext });
    chunk.byteCount += bytes.length;
  }

  return {
    take(line) {
      chunk.lineCount += 1;
      if (line.refusal === null) takeCard(line.bytes);
      else {
        chunk.rejectedCount += 1;
        if (rejectsKept < limits.importRejectsKept) chunk.rejects.push({ line: line.line, reason: line.refusal });
        rejectsKept += 1;
      }
      return chunk.lineCount >= limits.importCardsPerChunk || chunk.byteCount >= limits.importBytesPerChunk;
    },
    cut() {
      const { cards, ...rest } = chunk;
      chunk = emptyChunk();
      return rest.lineCount === 0 ? null : { ...rest, cards: [...cards.values()] };
    },
  };
}

import { setImmediate as nextTurn } from "node:timers/promises";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { cardAad, fingerprint, seal } from "@/lib/platform/crypto";
import type { ImportBatch, SealedCard } from "./import-store";

/** What is public about a card that buyers choose themselves. */
export interface Said {
  readonly preview: string;
  readonly extraMinor: bigint;
}

/** A card's bytes, or the reason why something in the file is none. */
export type ImportItem =
  | { readonly line: number; readonly bytes: Uint8Array; readonly refusal: null; readonly said?: Said | null }
  | { readonly line: number; readonly bytes: null; readonly refusal: string };

/** Lines that are written together: the distinct texts by their fingerprint, and what was refused. */
export interface Chunk {
  readonly texts: Map<string, Uint8Array>;
  /** What is said of those of which something is public. */
  readonly said: Map<string, Said>;
  readonly rejects: { readonly line: number; readonly reason: string }[];
  lineCount: number;
  rejectedCount: number;
  byteCount: number;
}

export interface ChunkBuilder {
  /** Takes one card, or what is none; answers a chunk when it is full, and the next one begins empty. */
  take(item: ImportItem): Chunk | null;
  /** What has gathered since, or null when that is nothing. */
  rest(): Chunk | null;
}

const emptyChunk = (): Chunk => ({
  texts: new Map(),
  said: new Map(),
  rejects: [],
  lineCount: 0,
  rejectedCount: 0,
  byteCount: 0,
});

/** Gathers lines into chunks that fit one transaction; equal texts within a chunk are one, under the merchant's key. `linesMax`: of the chunk that gathers, asked at each line. `rejectsBefore`: how many an earlier part of the file has left on record. */
export function createChunkBuilder(
  fingerprintKey: Uint8Array,
  { linesMax, rejectsBefore }: { readonly linesMax: () => number; readonly rejectsBefore: number },
): ChunkBuilder {
  let chunk = emptyChunk();
  let rejectsKept = rejectsBefore;

  function takeText(bytes: Uint8Array, said: Said | null | undefined): void {
    const print = fingerprint(fingerprintKey, bytes).toString("hex");
    if (chunk.texts.has(print)) return;
    chunk.texts.set(print, bytes);
    if (said) chunk.said.set(print, said);
    chunk.byteCount += bytes.length;
  }

  function takeRefusal(line: number, reason: string): void {
    chunk.rejectedCount += 1;
    if (rejectsKept >= limits.importRejectsKept) return;
    chunk.rejects.push({ line, reason });
    rejectsKept += 1;
  }

  function cut(): Chunk {
    const full = chunk;
    chunk = emptyChunk();
    return full;
  }

  return {
    take(item) {
      chunk.lineCount += 1;
      if (item.refusal === null) takeText(item.bytes, item.said);
      else takeRefusal(item.line, item.refusal);
      return chunk.lineCount >= linesMax() || chunk.byteCount >= limits.importBytesPerChunk ? cut() : null;
    },
    rest: () => (chunk.lineCount === 0 ? null : cut()),
  };
}

/**
 * Seals the texts that are new, each under the batch's key and bound to its own row. Sealing is arithmetic on the one thread
 * that also answers buyers, so they are let in between.
 */
export async function sealChunk(
  { texts, said }: Pick<Chunk, "texts" | "said">,
  { known, dataKey, batch }: { known: ReadonlySet<string>; dataKey: Uint8Array; batch: ImportBatch },
): Promise<SealedCard[]> {
  const cards: SealedCard[] = [];
  for (const [print, bytes] of texts) {
    if (known.has(print)) continue;
    const id = newId();
    const about = said.get(print);
    cards.push({
      id,
      fingerprint: print,
      ciphertext: seal(dataKey, bytes, cardAad({ ...batch, cardId: id })).toString("hex"),
      ...(about && { preview: about.preview, extra: about.extraMinor.toString() }),
    });
    if (cards.length % limits.importLinesPerTurn === 0) await nextTurn();
  }
  return cards;
}

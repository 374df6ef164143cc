import type { Detected, ReadingWish } from "@/lib/features/imports/detect";
import { detectFile } from "@/lib/features/imports/detect-file";
import { openPieces } from "@/lib/features/imports/pieces";
import { type CardGroups, readText } from "@/lib/features/imports/read-cards";
import { readSheet } from "@/lib/features/imports/read-sheet";
import { type CardItem, type FileFault, type ItemRefusal, JOINER, type Reading } from "@/lib/features/imports/rules";
import type { Upload } from "@/lib/features/imports/uploads";
import { findImportTarget, findKnown } from "@/lib/features/inventory/import-store";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { fingerprint } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import type { RangeSource } from "@/lib/platform/zip";
import { currencyOf, judgePreview } from "./judge-previews";

/** Something of the beginning of a file, as it would be sold; a refused one by its reason. */
export interface PreviewItem {
  readonly line: number;
  readonly text: string | null;
  readonly refusal: ItemRefusal | null;
  /** What everybody would see of it, and what it would cost beyond its price. */
  readonly said: { readonly preview: string; readonly extraMinor: bigint } | null;
}

/** What the beginning of a file holds, under a reading. */
export interface Preview {
  readonly detected: Detected;
  readonly items: readonly PreviewItem[];
  /** Whether what was counted is the whole file. */
  readonly isWhole: boolean;
  readonly cards: number;
  readonly duplicates: number;
  readonly rejects: Readonly<Partial<Record<ItemRefusal, number>>>;
  /** Where the reading of the file would end. */
  readonly fault: FileFault | null;
  readonly joiner: string;
  /** What extra prices are written in. */
  readonly currency: string;
}

/** Shows how the beginning of a file would be read, if somebody says so or by itself; nothing is kept. */
export async function previewUpload(
  deps: Deps,
  upload: Upload,
  wish: ReadingWish,
): Promise<Result<Preview, FileFault>> {
  const file = await openPieces(deps, upload);
  const detected = await detectFile(file, wish);
  if (!detected.ok) return err(detected.error);
  const { reading } = detected.value;
  const looked = await lookAt(file, reading);
  const texts = new Set<string>();
  const items: PreviewItem[] = [];
  const rejects: Partial<Record<ItemRefusal, number>> = {};
  let cards = 0;
  const key = deps.keys.fingerprint(upload.merchantId);
  const currency = await currencyOf(deps.db, upload.variantId);
  for (const found of looked.items) {
    const item = judgePreview(found, currency);
    const { line, bytes, refusal } = item;
    const said = item.refusal === null ? (item.said ?? null) : null;
    if (refusal === null && bytes !== null) {
      cards += 1;
      texts.add(fingerprint(key, bytes).toString("hex"));
    } else if (refusal !== null) rejects[refusal] = (rejects[refusal] ?? 0) + 1;
    if (items.length < limits.importPreviewCards)
      items.push({ line, text: bytes === null ? null : Buffer.from(bytes).toString(), refusal, said });
  }
  const target = await findImportTarget(deps.db, { variantId: upload.variantId, merchantId: upload.merchantId });
  const known = target ? await findKnown(deps.db, target, [...texts]) : new Set();
  const duplicates = cards - texts.size + known.size;
  const { isWhole, fault } = looked;
  return ok({
    detected: { ...detected.value, reading },
    items,
    isWhole,
    cards,
    duplicates,
    rejects,
    fault,
    joiner: JOINER,
    currency,
  });
}

/** About how many lines the file has, judged by its beginning; null where that says too little. */
export async function expectLines(deps: Deps, upload: Upload, reading: Reading): Promise<number | null> {
  const file = await openPieces(deps, upload);
  const { items, isWhole, share } = await lookAt(file, reading);
  if (isWhole) return items.length;
  return share === null || items.length === 0 ? null : Math.round(items.length / share);
}

interface Looked {
  readonly items: readonly CardItem[];
  readonly isWhole: boolean;
  /** How much of the file was looked at, from 0 to 1; null where nobody can say. */
  readonly share: number | null;
  readonly fault: FileFault | null;
}

/** As much as is counted: a bounded part of the file, whatever comes of it. */
async function lookAt(file: RangeSource, reading: Reading): Promise<Looked> {
  const items: CardItem[] = [];
  if (reading.format === "xlsx") return gather(items, readSheet(file, reading), { isWhole: true, share: null });
  const part = Math.min(file.byteCount, limits.importPreviewBytes);
  const isWhole = file.byteCount <= part;
  return gather(items, readText(file.read(0, part), reading), { isWhole, share: part / file.byteCount });
}

async function gather(
  items: CardItem[],
  groups: CardGroups,
  { isWhole, share }: { isWhole: boolean; share: number | null },
): Promise<Looked> {
  for await (const group of groups) {
    // A file that was cut off here by us ends anywhere.
    if (!group.ok) return { items, isWhole, share, fault: isWhole ? group.error : null };
    for (const item of group.value) items.push(item);
    if (share === null && items.length >= limits.importPreviewItems)
      return { items, isWhole: false, share, fault: null };
  }
  return { items, isWhole, share, fault: null };
}

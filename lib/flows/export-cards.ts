import { revealVaultCards, type VaultReveal } from "@/lib/features/inventory/reveal-vault";
import type { BulkTarget } from "@/lib/features/vault/schema";
import { readTargets } from "@/lib/features/vault/targets";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** Lines as they were imported, or each text as a JSON string on a line of its own: a card may have line breaks in it. */
export type ExportFormat = "txt" | "jsonl";

export interface ExportCards extends Pick<VaultReveal, "reason" | "addressHash" | "userAgent"> {
  readonly target: BulkTarget;
  readonly format: ExportFormat;
}

type Merchant = Extract<Viewer, { kind: "merchant" }>;

/** Those of the cards that are the merchant's and have a text at all; of a batch that was taken back the texts are gone. */
async function countTexts({ db }: Deps, { merchantId }: Merchant, ids: readonly string[]): Promise<number> {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM card c JOIN card_secret s ON s.card_id = c.id
     WHERE c.id = ANY (${[...ids]}::uuid[]) AND c.merchant_id = ${merchantId}::uuid`;
  return row.n;
}

/** Named cards must all be the merchant's: one that is not is not there, and then there is no file. */
async function judgeTarget(
  { db }: Deps,
  { merchantId }: Merchant,
  target: BulkTarget,
): Promise<Result<null, "nothing_chosen" | "not_found">> {
  if (!("cardIds" in target)) return ok(null);
  if (target.cardIds.length === 0) return err("nothing_chosen");
  const own = await db.card.count({ where: { id: { in: [...target.cardIds] }, merchantId } });
  return own === target.cardIds.length ? ok(null) : err("not_found");
}

async function* readTexts(
  deps: Deps,
  viewer: Proven<Merchant>,
  { target, format, ...words }: ExportCards,
): AsyncGenerator<string> {
  let count = 0;
  for await (const ids of readTargets(deps, viewer, { target, max: limits.vaultCardsPerExport })) {
    const cards = await revealVaultCards(deps, viewer, { ...words, cardIds: ids, purpose: "export" });
    assert(cards.length >= (await countTexts(deps, viewer, ids)), "a session that has ended opens nothing more");
    const texts = new Map(cards.map(({ cardId, text }) => [cardId, text]));
    count += cards.length;
    // In the order of the list, not of the record.
    const lines = ids.flatMap((id) => {
      const text = texts.get(id)?.reveal();
      if (text === undefined) return [];
      return format === "jsonl" ? JSON.stringify(text) : text;
    });
    if (lines.length > 0) yield `${lines.join("\n")}\n`;
  }
  deps.log.info("vault.exported", { merchantId: viewer.merchantId, count });
}

/**
 * The texts of a merchant's own cards while they are opened chunk by chunk: each chunk is on record before a letter of it leaves, and
 * what the receiver breaks off was never opened. The texts throw when a chunk is not opened whole, because the session has ended
 * meanwhile: part of a file must not pass for all of it.
 */
export async function exportCards(
  deps: Deps,
  viewer: Proven<Merchant>,
  command: ExportCards,
): Promise<Result<AsyncGenerator<string>, "nothing_chosen" | "not_found">> {
  const judged = await judgeTarget(deps, viewer, command.target);
  if (!judged.ok) return judged;
  const { merchantId } = viewer;
  await inTransaction(deps.db, async (tx) => {
    const subject = { subjectKind: "merchant", subjectId: merchantId, merchantId };
    const detail = { reason: command.reason, format: command.format };
    return ok(await recordAudit(tx, { actor: viewer, action: "vault.exported", ...subject, detail }));
  });
  return ok(readTexts(deps, viewer, command));
}

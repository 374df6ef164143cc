import { type CardMoveKind, MOVE_EDGES } from "@/lib/features/inventory/rules";
import type { BulkTarget } from "@/lib/features/vault/schema";
import { readTargets } from "@/lib/features/vault/targets";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Proven } from "@/lib/kernel/viewer";
import { sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { type Moved, moveCards } from "./move-cards";
import { TRANSFERABLE, transferCards } from "./transfer-cards";

export interface VaultMove {
  /** Made when the form is. */
  readonly moveId: string;
  readonly kind: CardMoveKind | "transfer";
  /** Of a transfer, where to. */
  readonly toPoolId?: string | undefined;
  readonly reason: string;
  readonly target: BulkTarget;
}

interface Found {
  readonly id: string;
  readonly merchantId: string;
  readonly status: string;
}

/** A part's own id out of the intention and what the part is about: the same cards twice are one move, and other cards are another. */
function partId({ moveId, kind, toPoolId = "" }: VaultMove, cardIds: readonly string[]): string {
  const hex = sha256(`${moveId}|${kind}${toPoolId}|${[...cardIds].sort().join()}`).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The movable ones of some cards, by their merchants; null when one of them is not there for this viewer. */
async function sort(
  { db }: Deps,
  viewer: Proven,
  { ids, kind }: { ids: readonly string[]; kind: VaultMove["kind"] },
): Promise<ReadonlyMap<string, string[]> | null> {
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<Found[]>`
    SELECT id::text AS id, merchant_id::text AS "merchantId", status FROM card
     WHERE id = ANY (${[...ids]}::uuid[]) AND (${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid)`;
  if (rows.length !== ids.length) return null;
  const merchants = new Map<string, string[]>();
  for (const { id, merchantId, status } of rows) {
    if (!(kind === "transfer" ? TRANSFERABLE : MOVE_EDGES[kind].from).includes(status)) continue;
    merchants.set(merchantId, [...(merchants.get(merchantId) ?? []), id]);
  }
  return merchants;
}

type Refusal = "nothing_chosen" | "not_found" | "no_such_pool" | "too_large" | "idempotency_conflict";

/** One part, by the flow of its kind. */
function movePart(deps: Deps, viewer: Proven, move: VaultMove, cardIds: readonly string[]) {
  const { kind, reason, toPoolId } = move;
  const part = { moveId: partId(move, cardIds), reason, cardIds };
  if (kind !== "transfer") return moveCards(deps, viewer, { ...part, kind });
  return transferCards(deps, viewer, { ...part, toPoolId: toPoolId ?? "" });
}

/**
 * Puts cards of the vault aside, returns or withdraws them, or lays them into another pool: the named ones, or all that a filter shows, part by part as `moveCards` does
 * it. What is promised or sold stays with its buyer and is counted as left. Of named cards that are not all the viewer's, none is moved.
 */
export async function moveVaultCards(deps: Deps, viewer: Proven, move: VaultMove): Promise<Result<Moved, Refusal>> {
  const { kind, target } = move;
  let [asked, moved] = [0, 0];
  for await (const ids of readTargets(deps, viewer, { target, max: limits.vaultCardsPerAct })) {
    const merchants = await sort(deps, viewer, { ids, kind });
    if (!merchants) return err("not_found");
    asked += ids.length;
    for (const cardIds of merchants.values()) {
      const part = await movePart(deps, viewer, move, cardIds);
      if (!part.ok) return part;
      moved += part.value.moved;
    }
  }
  return asked === 0 ? err("nothing_chosen") : ok({ moved, left: asked - moved });
}

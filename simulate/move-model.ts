/** What a merchant was told of cards that he put aside, returned or withdrew, and what the shop's promises make of it. Pure. */

export const MOVES = ["quarantine", "restore", "withdraw"] as const;
export type MoveKind = (typeof MOVES)[number];

/** A move that was asked for, by somebody who may, and what was heard of it. */
export interface Move {
  /** The same form, however often it is sent. */
  readonly form: string;
  readonly kind: MoveKind;
  readonly variant: number;
  /** The cards it named, or all that its batch had. */
  readonly cardIds: readonly string[];
  /** Named when all of it is meant. */
  readonly batchId: string | null;
  readonly moved: number;
  readonly left: number;
}

/** A card as the tables have it. */
export interface CardState {
  readonly status: string;
  readonly orderId: string | null;
}

/** States that a move starts from. */
const FROM: Record<MoveKind, readonly string[]> = {
  quarantine: ["available"],
  restore: ["quarantined"],
  withdraw: ["available", "quarantined"],
};

interface CardFrame {
  readonly before: CardState | undefined;
  readonly after: CardState;
  /** What was asked of it in the burst, or of its batch. */
  readonly asked: ReadonlySet<MoveKind>;
  /** Its batch has been put aside since an earlier burst. */
  readonly isHeld: boolean;
  readonly hasFaults: boolean;
}

/** What comes back to a batch that is put aside is put aside, too, and nothing of it is sold. */
function complaintAboutHeld({ before, after, isHeld, hasFaults }: CardFrame): string | null {
  if (!isHeld || hasFaults || before?.status === "available") return null;
  if (before?.orderId && after.status === "available") return "came back to a batch that is put aside, and is on sale";
  return !before?.orderId && after.orderId ? "was sold from a batch that is put aside" : null;
}

/** What is wrong with what became of one card; null when it may. */
export function complaintAboutMoved(frame: CardFrame): string | null {
  const { before, after, asked, isHeld } = frame;
  const was = before?.status ?? "draft";
  const isThrown = (card: CardState | undefined) => card?.status === "withdrawn" && card.orderId === null;
  if (isThrown(before)) return isThrown(after) ? null : `was withdrawn, and is ${after.status}`;
  if (was === "delivered" && after.orderId === null) return `was in its buyer's hands, and is ${after.status}`;
  if (isThrown(after)) return asked.has("withdraw") ? null : "is withdrawn, and nobody asked for that";
  if (after.status === "quarantined")
    return was === "quarantined" || asked.has("quarantine") || isHeld
      ? null
      : "is put aside, and nobody asked for that";
  if (asked.has("restore")) return null;
  if (was === "quarantined") return `was put aside, and is ${after.status}`;
  return complaintAboutHeld(frame);
}

/** One form is one move, and what it named is moved or left. */
export function complaintsAboutForms(moves: readonly Move[]): string[] {
  const first = new Map<string, Move>();
  return moves.flatMap((move) => {
    const { form, kind, moved, left, cardIds, batchId } = move;
    const known = first.get(form) ?? move;
    first.set(form, known);
    if (known.moved !== moved || known.left !== left)
      return [`to ${kind} moved ${known.moved} cards, and when it was asked again ${moved}`];
    if (batchId === null && moved + left !== cardIds.length)
      return [`to ${kind} ${cardIds.length} cards moved ${moved} and left ${left}`];
    return moved > cardIds.length ? [`to ${kind} ${cardIds.length} cards moved ${moved}`] : [];
  });
}

/** Whether a card still is where the move starts from, as it was before: then nothing came of what was told. Of a batch only what is put aside is withdrawn. */
export function isPassedBy(
  { kind, batchId }: Pick<Move, "kind" | "batchId">,
  before: CardState | undefined,
  after: CardState,
): boolean {
  const from = kind === "withdraw" && batchId !== null ? FROM.restore : FROM[kind];
  return from.includes(before?.status ?? "draft") && from.includes(after.status);
}

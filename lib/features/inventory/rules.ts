/** What may become of cards that nobody has bought. Pure. */

export const CARD_MOVES = ["quarantine", "restore", "withdraw"] as const;
export type CardMoveKind = (typeof CARD_MOVES)[number];

interface MoveEdge {
  /** Of single cards. */
  readonly from: readonly string[];
  /** Of the rest of a batch: it is withdrawn only after it was put aside, so that no buyer is in the midst of it. */
  readonly fromOfBatch: readonly string[];
  readonly to: string;
}

/** `restore` is the way back of `quarantine`; there is none from `withdraw`. */
export const MOVE_EDGES: Record<CardMoveKind, MoveEdge> = {
  quarantine: { from: ["available"], fromOfBatch: ["available"], to: "quarantined" },
  restore: { from: ["quarantined"], fromOfBatch: ["quarantined"], to: "available" },
  withdraw: { from: ["available", "quarantined"], fromOfBatch: ["quarantined"], to: "withdrawn" },
};

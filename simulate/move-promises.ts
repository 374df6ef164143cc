import type { Book } from "./book";
import type { CardSeen, Facts } from "./facts";
import { complaintAboutMoved, complaintsAboutForms, isPassedBy, type MoveKind } from "./move-model";

interface Frame {
  readonly book: Book;
  readonly before: Facts;
  readonly after: Facts;
  readonly hasFaults: boolean;
  /** Everything that could still come has come. */
  readonly isAtRest: boolean;
  /** Nobody could have had a card of the variant for a moment. */
  readonly isQuiet: (variant: number) => boolean;
}

type Cards = ReadonlyMap<string, CardSeen>;

const byId = ({ cards }: Facts): Cards => new Map(cards.map((card) => [card.id, card]));

function askedOf({ askedMoves }: Book): ReadonlyMap<string, ReadonlySet<MoveKind>> {
  const asked = new Map<string, Set<MoveKind>>();
  for (const { cardIds, kind } of askedMoves)
    for (const id of cardIds) asked.set(id, (asked.get(id) ?? new Set()).add(kind));
  return asked;
}

/** A card that somebody was told is moved, of which nothing else was asked, is not where it was. */
function judgePassedBy({ book, isQuiet }: Frame, before: Cards, after: Cards): string[] {
  const { holds } = book;
  return book.moves.flatMap(({ form, kind, variant, cardIds, batchId }) => {
    const others = new Set(book.askedMoves.filter((one) => one.form !== form).flatMap((one) => one.cardIds));
    const left = cardIds.filter((id) => {
      const card = after.get(id);
      // What returns to a batch that is put aside is put aside again.
      const isStill = kind === "restore" && batchId === null && card !== undefined && holds.has(card.batchId);
      return card && !isStill && !others.has(id) && isPassedBy({ kind, batchId }, before.get(id), card);
    });
    return left.length > 0 && isQuiet(variant) ? [`to ${kind} left ${left.length} cards that nobody has`] : [];
  });
}

/** Whether a batch is put aside, as far as it is known: of two who disagree in one burst one was first. */
function noteHolds({ moves, holds }: Book): void {
  const told = new Map<string, Set<MoveKind>>();
  for (const { kind, batchId } of moves)
    if (batchId !== null && kind !== "withdraw") told.set(batchId, (told.get(batchId) ?? new Set()).add(kind));
  for (const [batchId, kinds] of told)
    if (kinds.size === 1 && kinds.has("quarantine")) holds.add(batchId);
    else holds.delete(batchId);
}

/** Everything that is wrong with cards that were, or were not, put aside, returned and withdrawn. */
export function judgeMoves(frame: Frame): string[] {
  const { book, hasFaults } = frame;
  const [before, after] = [byId(frame.before), byId(frame.after)];
  const asked = askedOf(book);
  const uncertain = new Set(
    book.askedMoves.flatMap(({ batchId, kind }) => (kind === "quarantine" && batchId ? [batchId] : [])),
  );
  const complaints = [...after.values()].flatMap((card) => {
    const isHeld = book.holds.has(card.batchId) || (card.status === "quarantined" && uncertain.has(card.batchId));
    const kinds = asked.get(card.id) ?? new Set<MoveKind>();
    const complaint = complaintAboutMoved({
      before: before.get(card.id),
      after: card,
      asked: kinds,
      isHeld,
      hasFaults,
    });
    if (complaint) return [`card ${card.id} ${complaint}`];
    const isOut = frame.isAtRest && isHeld && card.status === "available";
    return isOut ? [`card ${card.id} is on sale, and its batch is put aside`] : [];
  });
  const passedBy = judgePassedBy(frame, before, after);
  noteHolds(book);
  return [...complaintsAboutForms(book.moves), ...complaints, ...passedBy];
}

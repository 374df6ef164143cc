import { moveBatch, moveCards } from "@/lib/flows/move-cards";
import { newId } from "@/lib/kernel/id";
import type { Ask, Book, Heard } from "./book";
import type { Command } from "./commands";
import { viewerOf } from "./merchant-asks";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

/** What a batch may say of a move, beside doing it: it is not on sale yet, or another move holds it. */
const OF_A_BATCH = new Set(["not_on_sale", "conflict"]);

/** Cards by name, or a whole batch, once, however often the form is sent; of another merchant none. */
export function moveSome(book: Book, { variant, card: n, count, whole, kind, by, twice }: Of<"move">): Ask[] {
  const { scenery } = book.stage;
  const cards = book.cardsBefore.filter(({ variantId }) => variantId === scenery.variants[variant]?.variantId);
  const free = cards.filter(({ status }) => status === "available" || status === "quarantined");
  // Mostly one that nobody has; of a batch, any.
  const some = whole || n > 3 || free.length === 0 ? cards : free;
  const first = some[n % Math.max(1, some.length)];
  if (!first) return [];
  const { batchId } = first;
  const named = some.slice(some.indexOf(first)).slice(0, count);
  const cardIds = (whole ? cards.filter((card) => card.batchId === batchId) : named).map(({ id }) => id);
  const viewer = viewerOf(scenery, by);
  const intention = { moveId: newId(), kind, reason: "asked in a simulation" };
  const move = { form: intention.moveId, kind, variant, cardIds, batchId: whole ? batchId : null };
  if (by !== "stranger") book.askedMoves.push(move);
  const ask: Ask = {
    kind: `${kind}${whole ? " a batch" : ""}`,
    client: null,
    async run(deps): Promise<Heard> {
      const moved = whole
        ? await moveBatch(deps, viewer, { ...intention, batchId })
        : await moveCards(deps, viewer, { ...intention, cardIds });
      const words = moved.ok ? (moved.value.moved > 0 ? "moved" : "none") : moved.error;
      return {
        words,
        note() {
          if (moved.ok && by !== "stranger") book.moves.push({ ...move, ...moved.value });
          else if (
            by === "stranger" ? words !== "not_found" : !(whole && kind === "quarantine" && OF_A_BATCH.has(words))
          )
            book.wrong(null, `to ${kind} by ${by} heard ${words}`);
        },
      };
    },
  };
  return twice ? [ask, ask] : [ask];
}

import { transferStock } from "@/lib/flows/transfer-cards";
import { newId } from "@/lib/kernel/id";
import type { Ask, Book, Heard } from "./book";
import type { Command } from "./commands";
import { viewerOf } from "./merchant-asks";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

/** What is heard of a transfer that cannot be, whatever is in stock; null when it can. */
function refusalDue({ by, from, to }: Of<"transfer">): string | null {
  if (from === to) return "same_pool";
  return by === "stranger" ? "not_found" : null;
}

/** As many of those that lie there as were asked for, once, however often the form is sent; of another merchant none. */
export function transfer(book: Book, command: Of<"transfer">): Ask[] {
  const { variant, from, to, quantity, by, twice } = command;
  const { variants, pools } = book.stage.scenery;
  const viewer = viewerOf(book.stage.scenery, by);
  const wish = {
    moveId: newId(),
    variantId: variants[variant]?.variantId as string,
    fromPoolId: pools[from] as string,
    toPoolId: pools[to] as string,
    quantity,
    reason: "asked in a simulation",
  };
  const due = refusalDue(command);
  const ask: Ask = {
    kind: "transfer",
    client: null,
    async run(deps): Promise<Heard> {
      const moved = await transferStock(deps, viewer, wish);
      const words = moved.ok ? `${moved.value.moved} of ${quantity}` : moved.error;
      return {
        words,
        note() {
          if (moved.ok ? due !== null : moved.error !== due)
            book.wrong(null, `a transfer by ${by} from pool ${from} to ${to} heard ${words}, and due is ${due}`);
          if (moved.ok) book.transfers.push({ form: wish.moveId, variant, from, to, quantity, ...moved.value });
        },
      };
    },
  };
  return twice ? [ask, ask] : [ask];
}

import { decideDispute } from "@/lib/flows/decide-dispute";
import { openDispute } from "@/lib/flows/open-dispute";
import { newId } from "@/lib/kernel/id";
import type { Ask, Book, Client, Heard, Reported } from "./book";
import type { Command } from "./commands";
import { viewerOf } from "./merchant-asks";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

const orderIdOf = ({ order }: Client): string => order?.id as string;

/** What a buyer may hear of a report without anything being wrong. */
const HONEST_REPORT = new Set(["not_reportable", "already_reported", "too_many_disputes", "rate_limited"]);

/** A buyer reports one of his cards; of what he was not given nothing can be reported. */
export function report(book: Book, client: Client, { card }: Of<"report">): Ask {
  const quantity = [...client.wants.values()].reduce((sum, n) => sum + n, 0);
  const cmd = {
    disputeId: newId(),
    orderId: orderIdOf(client),
    position: 1 + (card % quantity),
    kind: "invalid",
    text: "asked in a simulation",
    addressHash: null,
    userAgent: "",
    addressKey: `address-${client.n}`,
  } as const;
  const wasDelivered = book.seenBefore(client)?.status === "delivered";
  return {
    kind: "report",
    client: null,
    async run(deps): Promise<Heard> {
      const opened = await openDispute(deps, cmd);
      const words = opened.ok ? "opened" : opened.error;
      return {
        words,
        note() {
          if (opened.ok)
            book.reports.push({
              client,
              disputeId: cmd.disputeId,
              position: cmd.position,
              decisions: new Set(),
              granted: new Set(),
            });
          else if (
            !HONEST_REPORT.has(words) ||
            (words === "not_reportable" && wasDelivered && !client.purchase?.isTouched)
          )
            book.wrong(client, `to report a card heard ${words}`);
        },
      };
    },
  };
}

/** What whoever decides may hear without anything being wrong. */
const HONEST_DECISION = new Set([
  "conflict",
  "already_replaced",
  "not_delivered",
  "disputed",
  "warranty_used_up",
  "dispute_closed",
  "not_done",
]);

const decision = (book: Book, reported: Reported, by: Of<"decide">["by"]): Ask => {
  const { client, disputeId } = reported;
  const decisionId = newId();
  const seenReplacements = book.replacementsBefore.filter(({ orderId }) => orderId === orderIdOf(client)).length;
  const words = { disputeId, decisionId, seen: 1, reason: "asked in a simulation", seenReplacements } as const;
  reported.decisions.add(decisionId);
  return {
    kind: "replace",
    client,
    async run(deps): Promise<Heard> {
      const decided = await decideDispute(deps, viewerOf(book.stage.scenery, by), { ...words, outcome: "replace" });
      return {
        words: decided.ok ? decided.value : decided.error,
        note() {
          if (decided.ok && by !== "stranger") reported.granted.add(decisionId);
          else if (
            decided.ok ? true : by === "stranger" ? decided.error !== "not_found" : !HONEST_DECISION.has(decided.error)
          )
            book.wrong(client, `to replace a card by ${by} heard ${decided.ok ? decided.value : decided.error}`);
        },
      };
    },
  };
};

/** One decision, one card: of two who decide one does, and one who presses twice decides once. */
export function decide(book: Book, { report: n, by, presses }: Of<"decide">): Ask[] {
  const reported = book.reports[n % Math.max(1, book.reports.length)];
  if (!reported) return [];
  const first = decision(book, reported, by);
  if (presses === "once") return [first];
  return [first, presses === "twice" ? first : decision(book, reported, "admin")];
}

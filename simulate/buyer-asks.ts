import { toPlacedOrderView } from "@/lib/api/views";
import type { PlacedOrder, PlaceOrder } from "@/lib/features/orders/place-command";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { placeOrder } from "@/lib/flows/place-order";
import { revealOrder } from "@/lib/flows/reveal-order";
import type { Actor } from "@/lib/kernel/actor";
import type { Ask, Book, Client, Heard } from "./book";
import type { Command } from "./commands";
import type { Purchase } from "./model";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

/** The bytes of the answer, but for the deadline, which passes in a simulation as in no shop. */
const bytesOf = (order: PlacedOrder): string => JSON.stringify({ ...toPlacedOrderView(order), deadlineAt: "" });

const purchaseOf = (order: PlacedOrder): Purchase => ({
  totalMinor: order.totalMinor,
  money: new Map(),
  lapsedBefore: null,
  cancelled: null,
  refunds: new Map(),
  isTouched: false,
  isDisputed: false,
});

/** A new client with a request of its own. */
export function newClient(
  book: Book,
  { variant, quantity, also }: Pick<Of<"place">, "variant" | "quantity" | "also">,
): Client {
  const wants = new Map([[variant, quantity]]);
  if (also > 0) wants.set(variant ^ 1, also);
  const lines = [...wants].map(([n, quantity]) => ({
    variantId: book.stage.scenery.variants[n]?.variantId as string,
    quantity,
  }));
  const n = book.clients.length;
  const request: PlaceOrder = {
    scope: "guest",
    requestKey: `request-${n}`,
    email: `buyer-${n}@example.com`,
    locale: "zh",
    accountId: "epay",
    lines,
  };
  const client: Client = { n, request, wants, order: null, purchase: null, revealed: null, burnt: new Set() };
  book.clients.push(client);
  return client;
}

/** One key, one order: whoever asks, wherever and however often, hears the same, or that there is nothing left. */
export function place(book: Book, client: Client): Ask {
  const note = (order: PlacedOrder) => {
    if (client.order && bytesOf(client.order) !== bytesOf(order))
      book.wrong(client, `the same request heard ${bytesOf(order)}, not ${bytesOf(client.order)}`);
    client.order ??= order;
    client.purchase ??= purchaseOf(order);
  };
  const ask: Ask = {
    kind: "place",
    client: null,
    wants: client,
    async run(deps): Promise<Heard> {
      const placed = await placeOrder(deps, client.request);
      if (placed.ok) return { words: placed.value.isReplay ? "again" : "placed", note: () => note(placed.value) };
      if (placed.error === "busy") return { words: "busy", isOpen: true };
      return {
        words: placed.error,
        note() {
          if (placed.error !== "insufficient_stock") book.wrong(client, `placing heard ${placed.error}`);
          else if (client.order) book.wrong(client, "the request of an order heard that it is sold out");
          else book.refusals.push({ client, ask });
        },
      };
    },
  };
  return ask;
}

/** The same key with other words buys nothing, and never did. */
export function placeOtherWords(book: Book, client: Client): Ask {
  const [first, ...rest] = client.request.lines as [PlaceOrder["lines"][number]];
  const request = { ...client.request, lines: [{ ...first, quantity: first.quantity + 1 }, ...rest] };
  return {
    kind: "other words",
    client: null,
    wants: client,
    async run(deps) {
      const placed = await placeOrder(deps, request);
      if (!placed.ok && placed.error === "busy") return { words: "busy", isOpen: true };
      const words = placed.ok ? "placed" : placed.error;
      return {
        words,
        note() {
          if (words !== "idempotency_conflict") book.wrong(client, `the same key with other words heard ${words}`);
        },
      };
    },
  };
}

function actorOf({ stage }: Book, by: Of<"cancel">["by"]): Actor {
  const { merchant: merchantId, user: userId } = stage.scenery;
  if (by === "buyer") return { kind: "buyer" };
  return by === "merchant" ? { kind: "merchant", merchantId, userId } : { kind: "admin", userId };
}

/** Refused only when money or an end was there first. */
export function cancel(book: Book, client: Client, { by }: Of<"cancel">): Ask {
  const orderId = client.order?.id as string;
  const before = book.seenBefore(client);
  const isLapsed = client.purchase?.lapsedBefore !== null;
  return {
    kind: "cancel",
    client,
    async run(deps, { isFirst }) {
      const cancelled = await cancelOrder(deps, { orderId, actor: actorOf(book, by) });
      const note = () => {
        const purchase = client.purchase as Purchase;
        if (cancelled.ok) purchase.cancelled = { inBurst: purchase.cancelled?.inBurst ?? book.burst, isSure: true };
        // The answer to an earlier try was lost: it may have been the one that cancelled.
        else if (!isFirst) purchase.cancelled ??= { inBurst: book.burst, isSure: false };
        else if (
          before?.status === "pending" &&
          before.payments === 0 &&
          book.isAlone(client) &&
          !(by === "buyer" && isLapsed)
        )
          book.wrong(client, `an open, unpaid order could not be cancelled by ${by}: ${cancelled.error}`);
      };
      return { words: cancelled.ok ? "cancelled" : cancelled.error, note };
    },
  };
}

/** What was shown once is shown for ever, and to nobody else; whoever was delivered to is shown it. */
export function reveal(book: Book, client: Client): Ask {
  const wasDelivered = book.seenBefore(client)?.status === "delivered";
  return {
    kind: "reveal",
    client: null,
    async run(deps) {
      const revealed = await revealOrder(deps, { orderId: client.order?.id as string, actor: { kind: "buyer" } });
      if (revealed.ok) {
        const secrets = revealed.value.secrets.map(({ text }) => text.reveal());
        return { words: "revealed", note: () => noteSecrets(book, client, secrets) };
      }
      const note = () => {
        // Whose money goes back sees nothing any more, and whose bank was asked may have to wait.
        const isDue = (client.revealed || wasDelivered) && !client.purchase?.isTouched;
        if (isDue) book.wrong(client, `is delivered, and revealing heard ${revealed.error}`);
      };
      return { words: revealed.error, note };
    },
  };
}

function noteSecrets(book: Book, client: Client, secrets: readonly string[]): void {
  const shown = client.revealed ?? secrets;
  const changed = secrets.flatMap((secret, n) => (secret === shown[n] ? [] : [n + 1]));
  if (shown.length !== secrets.length || changed.some((position) => !book.isReplaced(client, position)))
    book.wrong(client, `showed ${shown.join()} and then ${secrets.join()}`);
  for (const position of changed) client.burnt.add(shown[position - 1] as string);
  const burnt = secrets.find((secret) => client.burnt.has(secret));
  if (burnt) book.wrong(client, `was shown ${burnt}, for which it was given another`);
  client.revealed = secrets;
  const counts = new Map<number | undefined, number>();
  for (const secret of secrets) {
    const variant = book.variantOfSecret.get(secret);
    counts.set(variant, (counts.get(variant) ?? 0) + 1);
    const owner = book.ownerOfSecret.get(secret) ?? client;
    if (owner !== client) book.wrong(client, `was shown ${secret}, which is request ${owner.n}'s`);
    book.ownerOfSecret.set(secret, owner);
  }
  for (const [variant, quantity] of client.wants)
    if (counts.get(variant) !== quantity)
      book.wrong(client, `wanted ${quantity} of variant ${variant} and was shown ${counts.get(variant) ?? 0}`);
  if (new Set(secrets).size !== secrets.length) book.wrong(client, "was shown a card twice");
}

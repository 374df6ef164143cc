import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { driveRefunds, endOfRefunds } from "@/lib/flows/drive-refunds";
import { judgeDispute } from "@/lib/flows/judge-dispute";
import { type RequestRefund, requestRefund } from "@/lib/flows/request-refund";
import { settlePayment } from "@/lib/flows/settle-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { money } from "@/lib/kernel/money";
import type { Ask, Book, Client, Heard } from "./book";
import type { Command } from "./commands";
import type { Money, Purchase } from "./model";
import { tradeOf } from "./money-asks";
import { OTHER, OWN, PAPER } from "./stage";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

const ACCOUNT_REFS: Readonly<Record<string, string>> = { [OWN.id]: OWN.pid, [OTHER.id]: OTHER.pid, [PAPER]: PAPER };

/** The price, at the gateway that gives back when it is asked. The number of the attempt stays what it was, also after a crash. */
export function payOnPaper(book: Book, client: Client): Ask {
  const order = client.order as PlacedOrder;
  const [trade, amountMinor] = [tradeOf(client, "P"), order.totalMinor];
  let outTradeNo: string | null = null;
  return {
    kind: "pay on paper",
    client,
    async run(deps): Promise<Heard> {
      if (outTradeNo === null) {
        const started = await startPayment(deps, { orderId: order.id, accountId: PAPER });
        if (!started.ok) return { words: started.error };
        const [row] = await book.stage.rows<{ no: string }>(
          "SELECT out_trade_no AS no FROM payment_attempt WHERE id = $1",
          [started.value.id],
        );
        outTradeNo = row?.no ?? "";
      }
      const payment = book.stage.paper.pay(outTradeNo, { trade, amountMinor });
      const words = await settlePayment(deps, payment, { accountId: PAPER, source: "notice" });
      if (words === "busy") return { words, isOpen: true };
      return { words, note: () => book.noteMoney(client, `${PAPER} ${trade}`, { amountMinor, toldIn: book.burst }) };
    },
  };
}

/** A payment that the shop was told of before this burst, so that everybody can know of it. */
function pickPayment(book: Book, client: Client, n: number): readonly [string, Money] | null {
  const known = [...(client.purchase as Purchase).money].filter(
    ([, { toldIn, isForeign, givenBackIn }]) =>
      toldIn !== null && toldIn < book.burst && !isForeign && givenBackIn === null,
  );
  return known[n % Math.max(1, known.length)] ?? null;
}

/** What an admin may hear without anything being wrong. */
const HONEST = new Set([
  "not_found",
  "nothing_left",
  "amount_out_of_range",
  "refund_under_way",
  "disputed",
  "by_hand_only",
]);

/** Money back: all or half, by the gateway, by hand or into the balance, by one admin, by one who presses twice, or by two. */
export function giveBack(book: Book, client: Client, { payment: n, half, way, presses }: Of<"give back">): Ask[] {
  const picked = pickPayment(book, client, n);
  if (!picked) return [];
  const [key, { amountMinor }] = picked;
  const [accountId = "", trade = ""] = key.split(" ");
  const purchase = client.purchase as Purchase;
  purchase.isTouched = true;
  const method = way === "source" && accountId !== PAPER ? "by_hand" : way;
  const wish = { orderId: (client.order as PlacedOrder).id, reason: "asked in a simulation", method } as const;
  const one = (): Ask => {
    const requestKey = `refund-${book.nextRefund()}`;
    return {
      kind: `give back: ${method}`,
      client,
      async run(deps): Promise<Heard> {
        const [row] = await book.stage.rows<{ id: string }>(
          "SELECT id FROM payment WHERE account_id = $1 AND gateway_trade_number = $2",
          [accountId, trade],
        );
        const cmd: RequestRefund = {
          ...wish,
          paymentId: row?.id ?? wish.orderId,
          amountMinor: half ? amountMinor / 2n : null,
          requestKey,
          outsideReference: method === "by_hand" ? `out-${requestKey}` : null,
        };
        const { user: userId } = book.stage.scenery;
        const stepUp = { sessionId: userId, provedAt: new Date(deps.clock.now()) };
        const asked = await requestRefund(deps, { kind: "admin", userId, stepUp }, cmd);
        if (!asked.ok && asked.error === "busy") return { words: "busy", isOpen: true };
        return {
          words: asked.ok ? "asked" : asked.error,
          note() {
            if (asked.ok) purchase.refunds.set(asked.value.id, { amountMinor: asked.value.amountMinor });
            else if (!HONEST.has(asked.error)) book.wrong(client, `asking for its money back heard ${asked.error}`);
          },
        };
      },
    };
  };
  const first = one();
  if (presses === "once") return [first];
  return [first, presses === "twice" ? first : one()];
}

/** The gateway is told, or asked, about all that is due and all that would be due later; in this burst it is in one mood. */
export function driveAll(book: Book, mood: Of<"drive refunds">["mood"]): Ask {
  book.stage.setMood(mood);
  return {
    kind: `drive refunds: ${mood}`,
    client: null,
    async run(deps) {
      await book.stage.hurryRefunds();
      const due = await driveRefunds(deps);
      await endOfRefunds(deps);
      return { words: due > 0 ? "some" : "none" };
    },
  };
}

/** The buyer asks his bank. A bank decides once. */
export function dispute(book: Book, client: Client, { payment: n, says }: Of<"dispute">): Ask | null {
  const picked = pickPayment(book, client, n);
  if (!picked) return null;
  const [key, { amountMinor }] = picked;
  const [accountId = "", gatewayTradeNo = ""] = key.split(" ");
  const purchase = client.purchase as Purchase;
  purchase.isTouched = true;
  purchase.isDisputed = true;
  const state = says === "opened" ? says : (book.decided.get(key) ?? says);
  if (state !== "opened") book.decided.set(key, state);
  const told = {
    accountRef: ACCOUNT_REFS[accountId] ?? "",
    outTradeNo: null,
    gatewayTradeNo,
    disputeNo: `D${gatewayTradeNo}`,
    amount: money(amountMinor, "CNY"),
    state,
    evidence: [],
  } as const;
  return {
    kind: `dispute: ${state}`,
    client,
    async run(deps) {
      const words = await judgeDispute(deps, told, { accountId, source: "notice" });
      return words === "busy" ? { words, isOpen: true } : { words };
    },
  };
}

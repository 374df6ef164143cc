import type { PlacedOrder } from "@/lib/features/orders/place-command";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { askGateway } from "@/lib/flows/ask-gateway";
import { settlePayment } from "@/lib/flows/settle-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { money } from "@/lib/kernel/money";
import type { Deps } from "@/lib/platform/deps";
import { type NoticeOptions, signedNotice } from "@/tests/support/shop";
import type { Ask, Book, Client, Heard } from "./book";
import type { Forgery, GatewayWord, WrongPayment } from "./commands";
import { OTHER, OWN } from "./stage";

const numberOf = ({ order }: Client): string => (order as PlacedOrder).number.replaceAll("-", "");
const totalOf = ({ order }: Client): bigint => (order as PlacedOrder).totalMinor;
const outTradeNoOf = ({ order }: Client): string =>
  new URL(order?.payment.url as string).searchParams.get("out_trade_no") as string;

/** Yuan as the original gateway writes them, without trailing zeros. */
const yuan = (amountMinor: bigint): string => String(Number(amountMinor) / 100);

/** The number under which the gateway keeps a client's payment. */
export const tradeOf = (client: Client, which: string): string => `${which}${numberOf(client)}`;

interface Telling {
  readonly trade: string;
  readonly amountMinor: bigint;
  readonly times?: number;
  readonly account?: typeof OWN | typeof OTHER;
  readonly order?: PlacedOrder;
}

/** A right notice is taken, whatever is wrong with its money; unless the same payment was another order's. */
async function tell(book: Book, client: Client, deps: Deps, telling: Telling): Promise<Heard> {
  const { trade, amountMinor, times = 1, account = OWN, order = client.order as PlacedOrder } = telling;
  const options: NoticeOptions = { trade, money: yuan(amountMinor), fields: { pid: account.pid }, key: account.key };
  const raw = signedNotice(order, options);
  const arrived = { gateway: "epay", accountId: account.id, raw };
  const replies = await Promise.all(Array.from({ length: times }, () => acceptNotification(deps, arrived)));
  if (replies.some(({ status }) => status === 503)) return { words: "deferred", isOpen: true };
  const words = [...new Set(replies.map(({ body }) => body))].join(" and ");
  const key = `${account.id} ${trade}`;
  const note = () => {
    if (words === "success") return book.noteMoney(client, key, { amountMinor, toldIn: book.burst });
    const rivals = [...(book.claims.get(key)?.clients ?? [])].filter((rival) => rival !== client);
    if (rivals.length === 0) book.wrong(client, `a right notice of ${amountMinor} heard ${words}`);
  };
  return { words, note };
}

/** The price, as often and under as many numbers as the gateway likes. */
export function pay(book: Book, client: Client, { trade: n, times }: { trade: number; times: number }): Ask {
  const trade = tradeOf(client, `T${n}`);
  book.claim(`${OWN.id} ${trade}`, client);
  const telling = { trade, amountMinor: totalOf(client), times };
  return { kind: n === 1 ? "pay" : "pay again", client, run: (deps) => tell(book, client, deps, telling) };
}

/** The number of another order's payment, in a notice of its own for this one. */
export function reuse(book: Book, client: Client, other: Client): Ask | null {
  const trade = tradeOf(other, "T1");
  const key = `${OWN.id} ${trade}`;
  if (client === other || book.claims.get(key)?.queriedIn === book.burst) return null;
  book.claim(key, client);
  book.claim(key, other);
  const telling = { trade, amountMinor: totalOf(client) };
  return { kind: "reuse a trade", client, run: (deps) => tell(book, client, deps, telling) };
}

export function payWrong(book: Book, client: Client, how: WrongPayment): Ask {
  const kind = `pay ${how}`;
  const amountMinor = totalOf(client);
  switch (how) {
    case "less":
      return {
        kind,
        client,
        run: (deps) => tell(book, client, deps, { trade: tradeOf(client, "L"), amountMinor: amountMinor - 1n }),
      };
    case "more":
      return {
        kind,
        client,
        run: (deps) => tell(book, client, deps, { trade: tradeOf(client, "M"), amountMinor: amountMinor + 1n }),
      };
    case "other currency":
      return { kind, client, run: (deps) => payForeign(book, client, deps) };
    case "other account":
      return { kind, client, run: (deps) => payElsewhere(book, client, deps) };
  }
}

async function payForeign(book: Book, client: Client, deps: Deps): Promise<Heard> {
  const amountMinor = totalOf(client);
  const trade = tradeOf(client, "F");
  const payment = {
    accountRef: OWN.pid,
    outTradeNo: outTradeNoOf(client),
    gatewayTradeNo: trade,
    amount: money(amountMinor, "USDT"),
    method: null,
    evidence: [],
  };
  const words = await settlePayment(deps, payment, { accountId: OWN.id, source: "statement" });
  if (words === "busy") return { words, isOpen: true };
  return {
    words,
    note() {
      if (words === "settled") book.wrong(client, "money of another currency settled it");
      book.noteMoney(client, `${OWN.id} ${trade}`, { amountMinor, isForeign: true, toldIn: book.burst });
    },
  };
}

/** Through another account of the shop, if the order may still be paid: by a way to pay that the shop opened for it. */
async function payElsewhere(book: Book, client: Client, deps: Deps): Promise<Heard> {
  const first = client.order as PlacedOrder;
  const started = await startPayment(deps, { orderId: first.id, accountId: OTHER.id });
  if (!started.ok) return { words: started.error };
  const order = { ...first, payment: started.value };
  return tell(book, client, deps, {
    trade: tradeOf(client, "E"),
    amountMinor: first.totalMinor,
    account: OTHER,
    order,
  });
}

const FORGERIES: Record<Forgery, NoticeOptions> = {
  "wrong key": { key: "notTheKeyOfAnybody0123456789" },
  "wrong merchant": { fields: { pid: OTHER.pid } },
  "not paid": { fields: { trade_status: "WAIT_BUYER_PAY" } },
  "wrong address": {},
};

/** What no gateway of ours says about a payment of this order is not taken. */
export function forge(book: Book, client: Client, how: Forgery): Ask {
  const raw = signedNotice(client.order as PlacedOrder, { trade: tradeOf(client, "X"), ...FORGERIES[how] });
  const accountId = how === "wrong address" ? OTHER.id : OWN.id;
  return {
    kind: `forge: ${how}`,
    client: null,
    async run(deps) {
      const { body: words } = await acceptNotification(deps, { gateway: "epay", accountId, raw });
      const note = () => {
        if (words === "success") book.wrong(client, `a forged notice (${how}) heard success`);
      };
      return { words, note };
    },
  };
}

const SPOKEN: Record<GatewayWord, string> = { paid: "1", "given back": "2", nothing: "", silence: "" };

/** "I have paid": the shop asks the gateway, and believes it. */
export function query(book: Book, client: Client, wish: GatewayWord): Ask | null {
  const [trade, outTradeNo, amountMinor] = [tradeOf(client, "T1"), outTradeNoOf(client), totalOf(client)];
  const key = `${OWN.id} ${trade}`;
  // Whose payment it is, the question would not tell us.
  if ((book.claims.get(key)?.clients.size ?? 0) > 1) return null;
  // One gateway says one thing at a time.
  const says = (book.gatewaySays.get(outTradeNo) ?? wish) as GatewayWord;
  book.gatewaySays.set(outTradeNo, says);
  book.claim(key, client).queriedIn = book.burst;
  const order = { code: 1, trade_no: trade, out_trade_no: outTradeNo, money: yuan(amountMinor), status: SPOKEN[says] };
  const word = says === "silence" ? null : JSON.stringify(says === "nothing" ? { code: -1 } : order);
  book.stage.gatewayWords.set(outTradeNo, word);
  return {
    kind: `query: ${says}`,
    client,
    async run(deps) {
      const isAnswered = (await askGateway(deps, { accountId: OWN.id, outTradeNo })) !== "unknown";
      const note = () => {
        if (isAnswered !== (says !== "silence"))
          book.wrong(client, `the gateway said ${says}, and the shop heard ${isAnswered}`);
        if (says === "paid") book.noteMoney(client, key, { amountMinor, toldIn: book.burst });
        if (says === "given back") book.noteMoney(client, key, { amountMinor, givenBackIn: book.burst });
      };
      return { words: isAnswered ? "answered" : "unanswered", note };
    },
  };
}

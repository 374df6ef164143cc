import { setTimeout as sleep } from "node:timers/promises";
import type { Market } from "./buyer";
import { queryOf, signed } from "./epay";
import { isCommitted } from "./facts";
import { type Fault, upOf } from "./fault";
import type { Taken } from "./gateway";
import { parametersOf } from "./wire";

const TRAP_MS = 4_000;
const HELD_MS = 1_500;
const LOOK_MS = 100;
const REFUSALS_MAX = 150;
const LOOKS_MAX = 1_200;

/** What a batch of orders says of its first one, before anybody has committed it. */
function readFirstOrder(bytes: Buffer): Taken | null {
  const rows = JSON.parse(parametersOf(bytes)[0] ?? "[]") as {
    id: string;
    out_trade_no: string;
    total_minor: string;
  }[];
  const [row] = rows;
  if (!row) return null;
  return {
    order: `ord_${row.id.replaceAll("-", "")}`,
    outTradeNo: row.out_trade_no,
    tradeNo: `2026${row.out_trade_no.slice(0, 24)}E`,
    minor: row.total_minor,
    isTold: true,
    isGivenBack: false,
  };
}

/** Tells one process of a payment; an answer that comes when the order is let go says nothing any more. */
async function tellOnce({ gateway, history, shop }: Market, taken: Taken, server: 0 | 1): Promise<void> {
  const query = queryOf(signed(gateway.fieldsOf(taken, "bare"), gateway.merchant.key));
  const detail = { kind: "early", tradeNo: taken.tradeNo, minor: taken.minor };
  const end = history.invoke({ client: "gateway", op: "notice", order: taken.order, detail });
  const asked = shop.send(server, { path: `/api/pay/epay/epay?${query}` });
  const heard = await Promise.race([asked, sleep(HELD_MS, null)]);
  if (heard === null || heard.status >= 500) end("unknown", { detail: { ...detail, status: heard?.status } });
  else end(heard.text === "success" ? "ok" : "fail", { detail: { ...detail, status: heard.status } });
}

/** Whether the order that is let go comes to be. A database that is away says neither yes nor no. */
async function hasCome(url: string, { order }: Taken): Promise<boolean> {
  for (let look = 0, refusals = 0; look < LOOKS_MAX && refusals < REFUSALS_MAX; look++) {
    const isThere = await isCommitted(url, order).catch(() => null);
    if (isThere) return true;
    if (isThere === false) refusals++;
    await sleep(LOOK_MS);
  }
  return false; // It was refused. What was told of it stays a finding.
}

/**
 * A gateway that is faster than the shop's commit: the statement that places an order is held back on its line, its payment is
 * told meanwhile, to both processes, and must not be taken. When the order has come to be, the same notice settles it.
 */
export const tellEarly: Fault["inject"] = async (victims, plan) => {
  const server = upOf(victims, plan);
  if (server === null) return false;
  const { market, lines, database } = victims;
  const held = new Promise<Taken | null>((letGo) => {
    const hold = async (bytes: Buffer): Promise<void> => {
      const first = readFirstOrder(bytes);
      // Asked a second time because the first answer was lost, an order may be there already.
      const taken = first && !(await isCommitted(database.url, first.order).catch(() => true)) ? first : null;
      // Taken before it is told: one of the two may hear of it late, when the order is there, and be right to settle it.
      if (taken) await Promise.all([tellOnce(market, market.gateway.take(taken), 0), tellOnce(market, taken, 1)]);
      letGo(taken);
    };
    void lines[server]
      .trap({ label: "place", moment: "arrived", strike: { hold } }, TRAP_MS)
      .then((isSprung) => isSprung || letGo(null));
  });
  const taken = await held;
  if (!taken) return false;
  const { gateway, shop } = market;
  if (!(await hasCome(database.url, taken))) {
    gateway.untake(taken);
    return false;
  }
  await gateway.tell({ taken, spelling: "padded", copies: 2, spreadMs: 0, kind: "right" }, shop);
  return true;
};

import { randomInt } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { shanghaiTime } from "./signing";

/** What the shop asked for; `name`, `param` and the addresses already escaped as the original stores them. */
export interface Request {
  readonly outTradeNo: string;
  readonly type: string;
  readonly name: string;
  readonly money: string;
  readonly param: string;
  readonly notifyUrl: string;
  readonly returnUrl: string;
}

export interface NoticeTry {
  readonly at: number;
  readonly url: string;
  /** Null when nobody answered. */
  readonly status: number | null;
  readonly answer: string;
  readonly isTaken: boolean;
}

export interface Trade {
  readonly tradeNo: string;
  readonly request: Request;
  readonly createdAt: number;
  type: string;
  /** What was really paid, and when. */
  paid: { readonly at: number; readonly money: string; readonly isSilent: boolean } | null;
  /** When a late payment will come. */
  dueAt: number | null;
  readonly tries: NoticeTry[];
  nextTryAt: number | null;
}

export type Event =
  | { readonly event: "created"; readonly tradeNo: string; readonly at: number; readonly request: Request }
  | { readonly event: "delayed"; readonly tradeNo: string; readonly dueAt: number; readonly type: string }
  | {
      readonly event: "paid";
      readonly tradeNo: string;
      readonly at: number;
      readonly money: string;
      readonly type: string;
      readonly isSilent: boolean;
    }
  | { readonly event: "tried"; readonly tradeNo: string; readonly notice: NoticeTry }
  | { readonly event: "asked_again"; readonly tradeNo: string; readonly at: number };

/** At once, then one, three, nineteen and fifty-five minutes after the payment; then never again. */
export const NOTICE_MINUTES = [0, 1, 3, 19, 55] as const;
const TRADES_MAX = 50_000;
/** What a restart keeps, so that a demo that runs for years does not fill up. */
const TRADES_KEPT = 20_000;
const TRIES_KEPT = 20;
const UNPAID_LIVES_MS = 48 * 3_600_000;

/** The trades of one merchant: each change is a line on disk before it is a fact in memory. */
export class Trades {
  readonly #byTradeNo = new Map<string, Trade>();
  readonly #byOutTradeNo = new Map<string, Trade[]>();
  readonly #file: number;
  readonly #speed: number;

  constructor({ stateFile, speed }: { stateFile: string; speed: number }) {
    this.#speed = speed;
    mkdirSync(dirname(stateFile), { recursive: true, mode: 0o700 });
    for (const event of readEvents(stateFile)) this.#apply(event);
    this.#file = openSync(stateFile, "a", 0o600);
  }

  get isFull(): boolean {
    return this.#byTradeNo.size >= TRADES_MAX;
  }

  find = (tradeNo: string): Trade | undefined => this.#byTradeNo.get(tradeNo);
  /** Every trade of one order of the shop; the first is the one its address opened. */
  of = (outTradeNo: string): readonly Trade[] => this.#byOutTradeNo.get(outTradeNo) ?? [];
  all = (): Trade[] => [...this.#byTradeNo.values()];

  create(request: Request): Trade {
    const now = Date.now();
    const stamp = shanghaiTime(now).replace(/\D/g, "");
    let tradeNo = "";
    do tradeNo = stamp + String(randomInt(100_000)).padStart(5, "0");
    while (this.#byTradeNo.has(tradeNo));
    this.record({ event: "created", tradeNo, at: now, request });
    return this.#byTradeNo.get(tradeNo) as Trade;
  }

  record(event: Event): void {
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
    this.#apply(event);
  }

  close(): void {
    closeSync(this.#file);
  }

  #apply(event: Event): void {
    if (event.event === "created") {
      const { tradeNo, at, request } = event;
      const trade: Trade = {
        tradeNo,
        request,
        createdAt: at,
        type: request.type,
        paid: null,
        dueAt: null,
        tries: [],
        nextTryAt: null,
      };
      this.#byTradeNo.set(tradeNo, trade);
      this.#byOutTradeNo.set(request.outTradeNo, [...this.of(request.outTradeNo), trade]);
      return;
    }
    const trade = this.#byTradeNo.get(event.tradeNo);
    if (!trade) return;
    if (event.event === "delayed") Object.assign(trade, { dueAt: event.dueAt, type: event.type });
    else if (event.event === "paid") {
      const { at, money, isSilent, type } = event;
      Object.assign(trade, { paid: { at, money, isSilent }, type, dueAt: null, nextTryAt: isSilent ? null : at });
    } else if (event.event === "asked_again") trade.nextTryAt = event.at;
    else this.#applyTry(trade, event.notice);
  }

  #applyTry(trade: Trade, notice: NoticeTry): void {
    trade.tries.push(notice);
    if (trade.tries.length > TRIES_KEPT) trade.tries.shift();
    const minutes = NOTICE_MINUTES[trade.tries.length];
    const isOver = notice.isTaken || minutes === undefined || !trade.paid || trade.paid.isSilent;
    trade.nextTryAt = isOver ? null : (trade.paid?.at ?? 0) + (minutes * 60_000) / this.#speed;
  }
}

/**
 * Reads the file back and rewrites it without what is over (unpaid for two days, as the original purges). A last line that a
 * kill cut short is dropped: nobody was told about it.
 */
function readEvents(stateFile: string): Event[] {
  if (!existsSync(stateFile)) return [];
  const events = readFileSync(stateFile, "utf8").split("\n").flatMap(parseEvent);
  const paid = new Set(
    events.flatMap((event) => (event.event === "paid" || event.event === "delayed" ? [event.tradeNo] : [])),
  );
  const cutoff = Date.now() - UNPAID_LIVES_MS;
  const alive = events.flatMap((event) =>
    event.event === "created" && (event.at > cutoff || paid.has(event.tradeNo)) ? [event.tradeNo] : [],
  );
  const keptTrades = new Set(alive.slice(-TRADES_KEPT));
  const kept = events.filter(({ tradeNo }) => keptTrades.has(tradeNo));
  const rewritten = `${stateFile}.new`;
  writeFileSync(rewritten, kept.map((event) => `${JSON.stringify(event)}\n`).join(""), { mode: 0o600 });
  renameSync(rewritten, stateFile);
  return kept;
}

function parseEvent(line: string): Event[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}

import { timingSafeEqual } from "node:crypto";
import { isType } from "./cashier";
import { escapedAsStored, type Fields, shanghaiTime, sign, toFen } from "./signing";
import type { Request, Trade, Trades } from "./trades";
import type { Problem } from "./words";

export interface Merchant {
  readonly pid: string;
  readonly key: string;
}

/** One value per name, or null when a name is repeated. */
export function fieldsOf(text: string): Fields | null {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) return null;
    fields[name] = value;
  }
  return fields;
}

const same = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && text.length <= 255;

/** Checks a request for payment as the original does: account, signature, then each field. */
export function readRequest(fields: Fields | null, { pid, key }: Merchant): Request | Problem {
  if (fields === null) return "repeated";
  const given = (name: string): string => fields[name] ?? "";
  if (given("pid") !== pid) return "pid";
  if (!["", "MD5"].includes(given("sign_type"))) return "sign_type";
  if (!same(given("sign"), sign(fields, key))) return "sign";
  if (!/^[A-Za-z0-9._\-|]{1,150}$/.test(given("out_trade_no")) || given("name").trim() === "") return "fields";
  if (!isHttpUrl(given("notify_url")) || !isHttpUrl(given("return_url"))) return "fields";
  if (given("type") !== "" && !isType(given("type"))) return "fields";
  const money = given("money");
  if (!/^(0|[1-9]\d{0,7})(\.\d{1,2})?$/.test(money) || toFen(money) <= 0n) return "money";
  return {
    outTradeNo: given("out_trade_no"),
    type: given("type"),
    name: escapedAsStored(given("name")).slice(0, 64),
    money: money.includes(".") ? money.padEnd(money.indexOf(".") + 3, "0") : `${money}.00`,
    param: escapedAsStored(given("param")),
    notifyUrl: escapedAsStored(given("notify_url")),
    returnUrl: escapedAsStored(given("return_url")),
  };
}

/** The same unpaid request gets its old trade; a changed or a paid one is refused. */
export function openTrade(trades: Trades, request: Request): Trade | Problem {
  const [first] = trades.of(request.outTradeNo);
  if (!first) return trades.isFull ? "full" : trades.create(request);
  if (first.paid) return "paid";
  const isSame = (["name", "money", "param", "notifyUrl", "returnUrl"] as const).every(
    (field) => first.request[field] === request[field],
  );
  return isSame ? first : "changed";
}

/** The reply of `api.php?act=order` and of `act=orders`, their mixture of numbers, texts and nulls included. */
export function orderReply(fields: Fields | null, { pid, key }: Merchant, trades: Trades): Record<string, unknown> {
  if (fields?.act !== "order" && fields?.act !== "orders") return { code: -5, msg: "No Act!" };
  if (fields.pid !== pid || !same(fields.key ?? "", key)) return { code: -3, msg: "商户ID不存在或商户密钥错误" };
  if (fields.act === "orders") return listReply(fields, pid, trades);
  const trade = fields.trade_no ? trades.find(fields.trade_no) : pickTrade(trades.of(fields.out_trade_no ?? ""));
  return trade ? { code: 1, msg: "succ", ...rowOf(trade, pid) } : { code: -1, msg: "订单号不存在" };
}

const ROWS_MAX = 50;

/** Newest first, at most fifty. */
function listReply({ limit = "10", offset = "0" }: Fields, pid: string, trades: Trades): Record<string, unknown> {
  const [from, count] = [Math.max(0, Number(offset) || 0), Math.min(ROWS_MAX, Math.max(1, Number(limit) || 10))];
  const data = [...trades.all()]
    .reverse()
    .slice(from, from + count)
    .map((trade) => rowOf(trade, pid));
  return { code: 1, msg: "查询订单记录成功！", count: data.length, data };
}

function rowOf(trade: Trade, pid: string): Record<string, unknown> {
  const { request, paid } = trade;
  return {
    trade_no: trade.tradeNo,
    out_trade_no: request.outTradeNo,
    api_trade_no: null,
    bill_trade_no: null,
    type: trade.type === "" ? null : trade.type,
    pid: /^[1-9]\d{0,14}$/.test(pid) ? Number(pid) : pid,
    addtime: shanghaiTime(trade.createdAt),
    endtime: paid ? shanghaiTime(paid.at) : null,
    name: request.name,
    money: paid?.money ?? request.money,
    param: request.param === "" ? null : request.param,
    buyer: null,
    status: paid ? 1 : 0,
    payurl: null,
  };
}

/** An order paid twice shows its first paid trade. */
const pickTrade = (trades: readonly Trade[]): Trade | undefined => trades.find(({ paid }) => paid) ?? trades[0];

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { isType, isWay, notifyAgain, pay, payOnceMore, type Way } from "./cashier";
import { Notifier } from "./notifier";
import { errorPage, indexPage, paidPage, unpaidPage, type View } from "./pages";
import { fieldsOf, openTrade, orderReply, readRequest } from "./protocol";
import { type Trade, Trades } from "./trades";
import { languageOf, type Problem, wordsOf } from "./words";

export interface SandboxOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly pid: string;
  readonly key: string;
  readonly stateFile: string;
  /** Linked from the pages, and callable even when it is not on this machine. */
  readonly shopOrigin?: string | undefined;
  /** How many times faster than the original the notices are repeated. */
  readonly speed?: number;
  readonly mayCallAnyHost?: boolean;
}

export interface Sandbox {
  readonly url: string;
  /** Pays an order that the shop opened here; resolves when the shop was told, if it is told at once. */
  pay(outTradeNo: string, how: Way | { readonly late: number }): Promise<void>;
  /** The order's trades, with every notice that was sent. */
  trades(outTradeNo: string): readonly Trade[];
  stop(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024;
const NOTICE_WAIT_MS = 1_500;
const RECENT_TRADES = 20;
const HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
};

/** Starts a gateway that speaks EPay v1 on 127.0.0.1, with its memory in one file. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.key.length < 16) throw new Error("the sandbox's key must have 16 letters or more");
  const shopOrigin = options.shopOrigin === undefined ? null : new URL(options.shopOrigin).origin;
  const trades = new Trades({ stateFile: options.stateFile, speed: options.speed ?? 1 });
  const mayCall = (url: URL): boolean =>
    options.mayCallAnyHost === true || url.origin === shopOrigin || isLoopback(url.hostname);
  const notifier = new Notifier(trades, { pid: options.pid, key: options.key, mayCall });
  const desk: Desk = { trades, notifier, pid: options.pid, key: options.key, shopOrigin };
  const server = createServer((request, response) => {
    answer(desk, request)
      .catch((error: unknown): Reply => {
        console.error(error);
        return { status: 500, headers: {}, body: "" };
      })
      .then(({ status, headers, body }) => response.writeHead(status, { ...HEADERS, ...headers }).end(body));
  });
  const stop = once(async () => {
    notifier.stop();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    trades.close();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trades: (outTradeNo) => trades.of(outTradeNo),
    pay: (outTradeNo, how) => payByName(desk, outTradeNo, how),
    stop,
  };
}

async function payByName(desk: Desk, outTradeNo: string, how: Way | { readonly late: number }): Promise<void> {
  const [trade] = desk.trades.of(outTradeNo);
  if (!trade) throw new Error("the shop has not opened this order here");
  await pay(desk, trade, typeof how === "string" ? { way: how } : { way: "late", seconds: how.late });
}

/** Stopping twice is stopping once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

interface Desk {
  readonly trades: Trades;
  readonly notifier: Notifier;
  readonly pid: string;
  readonly key: string;
  readonly shopOrigin: string | null;
}

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly host: string;
  readonly body: string;
  readonly view: View;
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const html = (status: number, body: string): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body,
});

/** JSON under the name of HTML: so does the original. */
const json = (value: unknown): Reply => html(200, JSON.stringify(value));
const redirect = (location: string): Reply => ({ status: 303, headers: { location }, body: "" });

async function answer(desk: Desk, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const language = languageOf(url.searchParams.get("lang"), request.headers["accept-language"]);
  const view: View = { language, path: url.pathname, shopOrigin: desk.shopOrigin };
  const body = await readBody(request);
  if (body === null) return html(413, errorPage("too_large", view));
  const call: Call = { method: request.method ?? "GET", url, host: request.headers.host ?? "", body, view };
  const [, place = "", tradeNo = "", action = ""] = url.pathname.split("/");
  switch (place) {
    case "submit.php":
      return submit(desk, call);
    case "mapi.php":
      return mapi(desk, call);
    case "api.php":
      return json(orderReply(fieldsOf(url.search), desk, desk.trades));
    case "cashier":
      return cashier(desk, call, tradeNo, action);
    case "":
      return html(200, indexPage(desk.trades.all().slice(-RECENT_TRADES).reverse(), view));
    default:
      return html(404, errorPage("not_found", view));
  }
}

function submit(desk: Desk, { method, url, body, view }: Call): Reply {
  const text = method === "POST" ? body : url.search;
  const opened = open(desk, text);
  // The original says its refusals with status 200, and so do we.
  if (typeof opened !== "string") return redirect(`/cashier/${opened.tradeNo}`);
  const outTradeNo = fieldsOf(text)?.out_trade_no ?? "";
  return html(200, errorPage(opened, view, opened === "paid" ? desk.trades.of(outTradeNo)[0] : undefined));
}

function mapi(desk: Desk, { method, host, body }: Call): Reply {
  const fields = fieldsOf(body);
  const isWhole = method === "POST" && fields?.type && fields.clientip;
  const opened = isWhole ? open(desk, body) : "fields";
  if (typeof opened === "string") return json({ code: -1, msg: wordsOf("zh").errors[opened] });
  return json({ code: 1, trade_no: opened.tradeNo, payurl: `http://${host}/cashier/${opened.tradeNo}` });
}

function open(desk: Desk, text: string): Trade | Problem {
  const request = readRequest(fieldsOf(text), desk);
  return typeof request === "string" ? request : openTrade(desk.trades, request);
}

async function cashier(desk: Desk, call: Call, tradeNo: string, action: string): Promise<Reply> {
  const trade = desk.trades.find(tradeNo);
  const { view } = call;
  if (!trade) return html(404, errorPage("not_found", view));
  if (action === "") {
    const shown = { ...view, pid: desk.pid, key: desk.key, siblings: desk.trades.of(trade.request.outTradeNo) };
    return html(200, trade.paid ? paidPage(trade, shown) : unpaidPage(trade, view));
  }
  if (call.method === "POST") await Promise.race([act(desk, trade, action, call.body), patience()]);
  return redirect(`/cashier/${tradeNo}?lang=${view.language}`);
}

/** A shop that thinks long about a notice must not keep the buyer waiting for the page. */
const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, NOTICE_WAIT_MS).unref());

async function act(desk: Desk, trade: Trade, action: string, body: string): Promise<void> {
  if (action === "notify") return notifyAgain(desk, trade);
  if (action === "again") return payOnceMore(desk, trade);
  const { way = "", type, seconds = "60" } = fieldsOf(body) ?? {};
  if (action === "pay" && isWay(way))
    await pay(desk, trade, { way, type: isType(type) ? type : undefined, seconds: Number(seconds) });
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

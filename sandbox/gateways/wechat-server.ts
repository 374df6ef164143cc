import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomInt } from "node:crypto";
import { gzipSync } from "node:zlib";
import { toYuan } from "../signing";
import { cashierPage, plainPage, tellOf } from "./cashier-page";
import type { Asked, Reply } from "./loopback-server";
import { isThisMachine, Notices, type SentNotice } from "./notices";
import { wechatBill } from "./wechat-bill";
import { type Answer, refuse, WechatDesk, type WechatOrder, type WechatRefund } from "./wechat-desk";
import { problemOf, type Signer, sealedResource, sealHeaders, shanghaiInstant } from "./wechat-signing";

export interface WechatFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly mchid: string;
  readonly appid: string;
  readonly merchantSerial: string;
  /** PEM: what the shop's requests are held against, and what this server signs with. */
  readonly merchantPublicKey: string;
  readonly platformPrivateKey: string;
  readonly apiV3Key: string;
  readonly publicKeyId: string;
  /** What is signed as when the shop does not ask for the public key: a platform certificate. */
  readonly platformSerial?: string;
  /** How many times faster than the original notices are repeated. */
  readonly speed?: number;
  readonly now?: () => number;
  readonly mayCallAnyHost?: boolean;
}

/** What the interface does instead of answering. */
export type Mischief =
  | "none"
  | "html"
  | "empty"
  | "error_500"
  | "hang"
  | "busy"
  | "limited"
  | "unsigned"
  | "edited"
  | "stale"
  | "other_order"
  | "lost_answer"
  | "bad_bill";

export interface PayOptions {
  readonly tell?: "once" | "twice" | "never";
  /** Another amount than asked, which no true WeChat Pay would take. */
  readonly fen?: number;
  readonly mchid?: string;
}

/** 15 s, 15 s, 30 s, 3 min, 10 min, 20 min, 30 min three times, 60 min, 3 h three times, 6 h twice. */
const PAUSES = [15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600];

const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body,
});
const jsonOf = (text: string): Record<string, unknown> => {
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
};

/** One WeChat Pay: its books, its signatures and its notices, without the network in front of it. */
export class WechatServer {
  readonly desk: WechatDesk;
  readonly notices: Notices;
  readonly asked: string[] = [];
  mischief: Mischief = "none";
  origin = "";
  readonly #options: WechatFakeOptions;
  readonly #merchantKey: KeyObject;
  readonly #key: KeyObject;
  readonly #files = new Map<string, Buffer>();

  constructor(options: WechatFakeOptions) {
    this.#options = options;
    this.#merchantKey = createPublicKey(options.merchantPublicKey);
    this.#key = createPrivateKey(options.platformPrivateKey);
    const { mchid, appid, now = Date.now } = options;
    this.desk = new WechatDesk({ mchid, appid, now, origin: () => this.origin });
    this.notices = new Notices({
      pauses: PAUSES,
      speed: options.speed ?? 1,
      isTaken: (status) => status === 200 || status === 204,
      mayCall: (url) => options.mayCallAnyHost === true || isThisMachine(url),
    });
  }

  /** One request, its body read. Null: never answered. */
  async handle(asked: Asked): Promise<Reply | null> {
    if (!asked.url.pathname.startsWith("/v3/")) return this.#cashier(asked);
    this.asked.push(`${asked.method} ${asked.url.pathname}`);
    switch (this.mischief) {
      case "hang":
        return null;
      case "html":
        return html("<html><body>502 Bad Gateway</body></html>");
      case "empty":
        return html("");
      case "error_500":
        return html("", 500);
      default:
        return this.#interface(asked);
    }
  }

  #interface(asked: Asked): Reply | null {
    const { method, url, body, headers } = asked;
    if (!headers["user-agent"]) return this.#unsigned(refuse(403, "NO_AUTH", "缺少User-Agent"));
    const path = `${url.pathname}${url.search}`;
    const { mchid, merchantSerial: serial } = this.#options;
    const merchant = { mchid, serial, key: this.#merchantKey, now: this.desk.now };
    const problem = problemOf({ method, path, body, authorization: headers.authorization ?? "" }, merchant);
    if (problem) return this.#unsigned(refuse(401, "SIGN_ERROR", problem));
    if (url.pathname.startsWith("/v3/billdownload/file")) return this.#file(url.searchParams.get("token") ?? "");
    const signer = this.#signerFor(headers["wechatpay-serial"]);
    if (this.mischief === "busy") return this.#signed(refuse(500, "SYSTEM_ERROR", "系统异常，请稍后重试"), signer);
    if (this.mischief === "limited") return this.#signed(refuse(429, "FREQUENCY_LIMITED", "频率超限"), signer);
    const answer = this.#answer(asked);
    return this.mischief === "lost_answer" ? null : this.#signed(answer, signer);
  }

  #answer({ method, url, body }: Asked): Answer {
    const content = jsonOf(body);
    const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
    const route = `${method} ${parts.slice(0, 3).join("/")}`;
    if (route === "POST pay/transactions/native") return this.desk.open("native", body, content);
    if (route === "POST pay/transactions/h5") return this.desk.open("h5", body, content);
    if (route === "GET pay/transactions/out-trade-no")
      return this.desk.query(parts[3] ?? "", url.searchParams.get("mchid"));
    if (route === "POST pay/transactions/out-trade-no" && parts[4] === "close") return this.desk.close(parts[3] ?? "");
    if (route === "POST refund/domestic/refunds") return this.desk.refund(content);
    if (route === "GET refund/domestic/refunds") return this.desk.queryRefund(parts[3] ?? "");
    if (route === "GET bill/tradebill") return this.#bill(url.searchParams);
    return refuse(404, "RESOURCE_NOT_EXISTS", "无此接口");
  }

  #signerFor(asked: string | string[] | undefined): Signer {
    const { publicKeyId, platformSerial } = this.#options;
    const serial = asked === publicKeyId || platformSerial === undefined ? publicKeyId : platformSerial;
    const late = this.mischief === "stale" ? 600_000 : 0;
    return { key: this.#key, serial, now: () => this.desk.now() - late };
  }

  #unsigned({ status, fields }: Answer): Reply {
    return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(fields) };
  }

  #signed({ status, fields }: Answer, signer: Signer): Reply {
    const text = fields === null ? "" : JSON.stringify(fields);
    const body =
      this.mischief === "other_order" ? text.replace(/"out_trade_no":"[^"]*"/, '"out_trade_no":"OTHER1"') : text;
    const headers = this.mischief === "unsigned" ? {} : sealHeaders(body, signer);
    // A reply without a text can be edited as well.
    const shown = this.mischief === "edited" ? `${body} ` : body;
    return {
      status: this.mischief === "edited" && status === 204 ? 200 : status,
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      body: shown,
    };
  }

  #bill(search: URLSearchParams): Answer {
    const { mchid, appid } = this.#options;
    const day = search.get("bill_date") ?? "";
    const file = wechatBill(this.desk.orders.values(), { day, mchid, appid });
    if (!file) return refuse(400, "NO_STATEMENT_EXIST", "账单文件不存在");
    const token = `${randomInt(1e11, 9e11)}`;
    const shown = this.mischief === "bad_bill" ? Buffer.concat([file, Buffer.from(" ")]) : file;
    this.#files.set(token, search.get("tar_type") === "GZIP" ? gzipSync(shown) : shown);
    const hash_value = createHash("sha1").update(file).digest("hex");
    return {
      status: 200,
      fields: { hash_type: "SHA1", hash_value, download_url: `${this.origin}/v3/billdownload/file?token=${token}` },
    };
  }

  /** A file's reply carries no signature. */
  #file(token: string): Reply {
    const file = this.#files.get(token);
    if (!file) return this.#unsigned(refuse(404, "RESOURCE_NOT_EXISTS", "文件不存在"));
    return { status: 200, headers: { "content-type": "application/x-gzip" }, body: file };
  }

  async #cashier({ method, url, body }: Asked): Promise<Reply> {
    const order = [...this.desk.orders.values()].find(({ code }) => url.pathname === `/cashier/${code}`);
    if (!order) return html(plainPage("没有这笔订单 Not found"), 404);
    if (method === "POST") await this.pay(order, { tell: tellOf(new URLSearchParams(body).get("how") ?? "") });
    const isOver = order.state === "CLOSED" || this.desk.now() >= order.expiresAt;
    const state = order.paidAt !== null ? "paid" : isOver ? "closed" : "open";
    const returnUrl = url.searchParams.get("redirect_url") ?? "";
    const yuan = toYuan(BigInt(order.fen));
    return html(
      cashierPage({ title: "微信支付（演示）WeChat Pay (demo)", subject: order.description, yuan, state, returnUrl }),
    );
  }

  async pay(order: WechatOrder, { tell = "once", fen, mchid }: PayOptions): Promise<boolean> {
    if (!this.desk.pay(order)) return false;
    const content = this.desk.transactionOf({ ...order, fen: fen ?? order.fen });
    const times = tell === "twice" ? 2 : tell === "once" ? 1 : 0;
    const notice = {
      type: "transaction",
      event: "TRANSACTION.SUCCESS",
      content: mchid ? { ...content, mchid } : content,
    };
    await Promise.all(Array.from({ length: times }, () => this.#tell(order, notice)));
    return true;
  }

  tellRefund(order: WechatOrder, refund: WechatRefund): Promise<SentNotice> {
    const content = this.desk.refundNoticeOf(order, refund);
    return this.#tell(order, { type: "refund", event: `REFUND.${refund.status}`, content });
  }

  /** WeChat Pay tests from time to time whether wrong signatures are refused. */
  probe(order: WechatOrder): Promise<SentNotice> {
    const notice = { type: "transaction", event: "TRANSACTION.SUCCESS", content: this.desk.transactionOf(order) };
    return this.#tell(order, notice, { "Wechatpay-Signature": "WECHATPAY/SIGNTEST/c2lnbnRlc3Q=" });
  }

  #tell(
    order: WechatOrder,
    { type, event, content }: { type: string; event: string; content: object },
    changes: Record<string, string> = {},
  ): Promise<SentNotice> {
    const body = JSON.stringify({
      id: `EV-${randomInt(1e11, 9e11)}`,
      create_time: shanghaiInstant(this.desk.now()),
      resource_type: "encrypt-resource",
      event_type: event,
      summary: event,
      resource: sealedResource(content, this.#options.apiV3Key, type),
    });
    const write = () => {
      const headers = {
        "content-type": "application/json",
        ...sealHeaders(body, this.#signerFor(undefined)),
        ...changes,
      };
      return { headers, body };
    };
    return this.notices.send({ url: order.notifyUrl, write }, Object.keys(changes).length > 0 ? 1 : undefined);
  }
}

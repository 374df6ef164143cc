import { createPrivateKey, createPublicKey, type KeyObject, randomInt } from "node:crypto";
import { alipayBill } from "./alipay-bill";
import { type Addresses, AlipayDesk, type AlipayTrade, type Answer, refundedOf, refuse } from "./alipay-desk";
import { noticeOf } from "./alipay-notice";
import {
  type Blanks,
  type Fields,
  isRequestSigned,
  shanghaiTime,
  signedNotice,
  signedReply,
  toYuan,
} from "./alipay-signing";
import { cashierPage, plainPage, tellOf } from "./cashier-page";
import type { Asked, Reply } from "./loopback-server";
import { isThisMachine, Notices } from "./notices";

export interface AlipayFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly appId: string;
  readonly sellerId: string;
  /** PEM: what the shop's requests are held against, and what this server signs with. */
  readonly appPublicKey: string;
  readonly alipayPrivateKey: string;
  /** Certificate mode: the serial numbers that requests must carry, and that replies carry. */
  readonly serials?: { readonly app: string; readonly root: string; readonly alipay: string };
  /** How many times faster than the original notices are repeated. */
  readonly speed?: number;
  readonly blanks?: Blanks;
  readonly now?: () => number;
  readonly mayCallAnyHost?: boolean;
}

/** What `gateway.do` does instead of answering. */
export type Mischief =
  | "none"
  | "html"
  | "empty"
  | "error_500"
  | "hang"
  | "busy"
  | "unsigned"
  | "edited"
  | "other_order"
  | "lost_answer";

export interface PayOptions {
  readonly tell?: "once" | "twice" | "never";
  /** Another amount than asked, which no true Alipay would take: "0.01". */
  readonly yuan?: string;
  readonly status?: "TRADE_SUCCESS" | "TRADE_FINISHED";
  readonly sellerId?: string;
}

/** Four and ten minutes, ten, one hour, two, six, fifteen. */
const PAUSES = [240, 600, 600, 3_600, 7_200, 21_600, 54_000];
const FILE_GOOD_MS = 30_000;

const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html;charset=utf-8" },
  body,
});

/** One Alipay: its books, its signatures and its notices, without the network in front of it. */
export class AlipayServer {
  readonly desk: AlipayDesk;
  readonly notices: Notices;
  readonly asked: string[] = [];
  mischief: Mischief = "none";
  origin = "";
  readonly #options: AlipayFakeOptions;
  readonly #appKey: KeyObject;
  readonly #key: KeyObject;
  readonly #files = new Map<string, { readonly file: Buffer; readonly until: number }>();

  constructor(options: AlipayFakeOptions) {
    this.#options = options;
    this.#appKey = createPublicKey(options.appPublicKey);
    this.#key = createPrivateKey(options.alipayPrivateKey);
    this.desk = new AlipayDesk({ now: options.now ?? Date.now, origin: () => this.origin });
    this.notices = new Notices({
      pauses: PAUSES,
      speed: options.speed ?? 1,
      isTaken: (status, answer) => status === 200 && answer === "success",
      mayCall: (url) => options.mayCallAnyHost === true || isThisMachine(url),
    });
  }

  /** One request, its body read. Null: never answered. */
  async handle({ method, url, body }: Asked): Promise<Reply | null> {
    if (url.pathname === "/gateway.do") {
      const fields = Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
      return fields.method === "alipay.trade.page.pay" || fields.method === "alipay.trade.wap.pay"
        ? this.#cashier(fields)
        : this.#gateway(fields);
    }
    if (url.pathname.startsWith("/file/")) return this.#file(url.pathname.slice("/file/".length));
    const trade = [...this.desk.trades.values()].find(({ code }) => url.pathname === `/${code}`);
    if (!trade) return html(plainPage("没有这笔交易 Not found"), 404);
    if (method === "POST") await this.pay(trade, { tell: tellOf(new URLSearchParams(body).get("how") ?? "") });
    else this.desk.begin(trade);
    const state = trade.paidAt !== null ? "paid" : trade.status === "TRADE_CLOSED" ? "closed" : "open";
    const { subject, returnUrl } = trade;
    return html(
      cashierPage({ title: "支付宝（演示）Alipay (demo)", subject, yuan: toYuan(trade.fen), state, returnUrl }),
    );
  }

  #gateway(fields: Fields): Reply | null {
    this.asked.push(fields.method ?? "");
    if (this.mischief === "hang") return null;
    if (this.mischief === "html") return html("<html><body>502 Bad Gateway</body></html>");
    if (this.mischief === "empty") return html("");
    if (this.mischief === "error_500") return html("", 500);
    const answer = this.mischief === "busy" ? refuse("isp.unknow-error", "系统繁忙", "20000") : this.#answer(fields);
    if (this.mischief === "lost_answer") return null;
    return html(this.#written(fields.method ?? "", answer));
  }

  #written(method: string, answer: Answer): string {
    const shown =
      this.mischief === "other_order" && answer.out_trade_no ? { ...answer, out_trade_no: "OTHER1" } : answer;
    const serial = this.#options.serials?.alipay ?? null;
    const text = signedReply({ method, fields: shown, serial }, this.#key);
    if (this.mischief === "unsigned") return text.replace(/,"sign":"[^"]*"}$/, "}");
    return this.mischief === "edited" ? text.replace('"msg":"', '"msg":" ') : text;
  }

  #answer(fields: Fields): Answer {
    const problem = this.#problemOf(fields);
    if (problem) return problem;
    const content = contentOf(fields.biz_content ?? "");
    if (!content) return refuse("isv.invalid-parameter", "biz_content 不是 JSON", "40002");
    if (fields.method === "alipay.data.dataservice.bill.downloadurl.query") return this.#bill(content);
    const answer = this.desk.handle(fields.method ?? "", content, addressesOf(fields));
    const trade = this.desk.trades.get(content.out_trade_no ?? "");
    if (answer.fund_change === "Y" && trade) void this.tellRefund(trade, content.out_request_no ?? "");
    return answer;
  }

  #problemOf(fields: Fields): Answer | null {
    const { appId, serials } = this.#options;
    if (fields.app_id !== appId) return refuse("isv.invalid-app-id", "无效的AppID参数", "40002");
    if (fields.sign_type !== "RSA2") return refuse("isv.invalid-signature-type", "无效的签名类型", "40002");
    if (serials && (fields.app_cert_sn !== serials.app || fields.alipay_root_cert_sn !== serials.root)) {
      return refuse("isv.app-cert-sn-not-match", "应用证书序列号不匹配", "40002");
    }
    if (!isRequestSigned(fields, this.#appKey)) return refuse("isv.invalid-signature", "无效签名", "40002");
    return null;
  }

  #bill(content: Fields): Answer {
    const day = content.bill_date ?? "";
    const file = alipayBill(this.desk.trades.values(), { day, sellerId: this.#options.sellerId });
    if (!file) return refuse("isp.bill_not_exist", "账单不存在");
    const token = `${randomInt(1e11, 9e11)}`;
    this.#files.set(token, { file, until: this.desk.now() + FILE_GOOD_MS });
    return { code: "10000", msg: "Success", bill_download_url: `${this.origin}/file/${token}` };
  }

  #file(token: string): Reply {
    const found = this.#files.get(token);
    if (!found || this.desk.now() > found.until) return html("<html>链接已失效</html>");
    return { status: 200, headers: { "content-type": "application/zip" }, body: found.file };
  }

  #cashier(fields: Fields): Reply {
    const content = contentOf(fields.biz_content ?? "");
    const problem = this.#problemOf(fields);
    const registered = content && !problem ? this.desk.register(content, addressesOf(fields)) : null;
    if (!registered || "refusal" in registered) return html(plainPage("订单信息有误 The order cannot be paid"), 400);
    this.desk.begin(registered.trade);
    return { status: 302, headers: { location: `/${registered.trade.code}` }, body: "" };
  }

  async pay(
    trade: AlipayTrade,
    { tell = "once", yuan, status = "TRADE_SUCCESS", sellerId }: PayOptions,
  ): Promise<boolean> {
    if (!this.desk.pay(trade, status)) return false;
    const notice = () =>
      this.#notice(trade, { ...(yuan ? { total_amount: yuan } : {}), ...(sellerId ? { seller_id: sellerId } : {}) });
    const times = tell === "twice" ? 2 : tell === "once" ? 1 : 0;
    await Promise.all(Array.from({ length: times }, () => this.#tell(trade, notice())));
    return true;
  }

  /** The same address hears of refunds, in the dress of a payment. */
  async tellRefund(trade: AlipayTrade, number: string): Promise<void> {
    const refund = trade.refunds.find((one) => one.number === number);
    if (!refund) return;
    await this.#tell(
      trade,
      this.#notice(trade, {
        refund_fee: toYuan(refundedOf(trade)),
        gmt_refund: `${shanghaiTime(refund.at)}.000`,
        out_biz_no: number,
      }),
    );
  }

  #notice(trade: AlipayTrade, changes: Fields): Fields {
    const fields = noticeOf(trade, { ...this.#options, now: this.desk.now() });
    return signedNotice({ ...fields, ...changes }, this.#key, this.#options.blanks ?? "kept");
  }

  async #tell(trade: AlipayTrade, fields: Fields): Promise<void> {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const body = new URLSearchParams(fields).toString();
    await this.notices.send({ url: trade.notifyUrl, write: () => ({ headers, body }) });
  }
}

const addressesOf = (fields: Fields): Addresses => ({
  notifyUrl: fields.notify_url ?? "",
  returnUrl: fields.return_url ?? "",
});

function contentOf(text: string): Fields | null {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== "object" || content === null) return null;
    return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, String(value)]));
  } catch {
    return null;
  }
}

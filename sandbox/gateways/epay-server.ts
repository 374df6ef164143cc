import { type Fields, shanghaiTime, sign, toFen, toYuan, unpadded } from "../signing";
import { EpayDesk, type EpayTrade, rowOf } from "./epay-desk";
import type { EpayFakeOptions, EpayHouse, EpayMischief } from "./epay-house";
import { fieldsOf, json, page, redirect } from "./epay-replies";
import { EpaySecondVersion } from "./epay-second-version";
import { isMd5Signed, rsaSign } from "./epay-signing";
import type { Asked, Reply } from "./loopback-server";
import { isThisMachine, Notices } from "./notices";

const LINUXDO_SIGNS = ["pid", "type", "out_trade_no", "notify_url", "return_url", "name", "device", "money"];
/** After one, three, nineteen and fifty-five minutes. */
const PAUSES = [60, 120, 960, 2_160];

/** One merchant at one server of the EPay family; every request of the shop and of the buyer goes through `handle`. */
export class EpayServer implements EpayHouse {
  readonly desk: EpayDesk;
  readonly notices: Notices;
  readonly options: EpayFakeOptions;
  readonly asked: string[] = [];
  mischief: EpayMischief = "none";
  origin = "";
  /** Called before each page of the list, so that rows can move between two pages. */
  beforePage: (offset: number) => void = () => {};
  readonly #second: EpaySecondVersion;

  constructor(options: EpayFakeOptions) {
    this.options = options;
    this.desk = new EpayDesk(options.now ?? Date.now);
    this.#second = new EpaySecondVersion(this);
    const isLinuxdo = options.dialect === "linuxdo";
    this.notices = new Notices({
      pauses: isLinuxdo ? Array.from({ length: 9 }, () => 30) : PAUSES,
      speed: options.speed ?? 1,
      isTaken: (status, answer) => (isLinuxdo ? status === 200 && answer === "success" : answer.includes("success")),
      mayCall: (url) => options.mayCallAnyHost === true || isThisMachine(url),
    });
  }

  async handle({ method, url, body }: Asked): Promise<Reply | null> {
    const fields = method === "GET" ? fieldsOf(url.search) : { ...fieldsOf(url.search), ...fieldsOf(body) };
    const [, place = "", tradeNo = ""] = url.pathname.split("/");
    if (place === "cashier") return this.#cashier(tradeNo, method, fields);
    if (url.pathname === this.#submitPath) return this.#submit(fields);
    this.asked.push(`${url.pathname}${fields.act ? `?act=${fields.act}` : ""}`);
    if (this.mischief === "hang") return null;
    if (this.mischief === "html") return page("<html>502 Bad Gateway</html>");
    if (this.mischief === "empty_500") return page("", 500);
    const reply = url.pathname.startsWith("/api/")
      ? this.#second.answer(url.pathname, fields)
      : this.#api(method, fields);
    return this.mischief === "lost_answer" ? page("", 502) : reply;
  }

  get #submitPath(): string {
    return this.options.dialect === "linuxdo" ? "/pay/submit.php" : "/submit.php";
  }

  #submit(fields: Fields): Reply {
    const isLinuxdo = this.options.dialect === "linuxdo";
    const refuse = (message: string) => (isLinuxdo ? json({ error_msg: message, data: null }, 400) : page(message));
    if (fields.pid !== this.options.pid) return refuse("商户不存在！");
    if (!isMd5Signed(fields, this.options.key, isLinuxdo ? LINUXDO_SIGNS : undefined)) return refuse("签名校验失败");
    const trade = this.desk.open(fields);
    return typeof trade === "string" ? refuse(trade) : redirect(this.cashierUrl(trade));
  }

  cashierUrl = (trade: EpayTrade): string => `${this.origin}/cashier/${trade.tradeNo}`;

  async #cashier(tradeNo: string, method: string, { how = "" }: Fields): Promise<Reply> {
    const trade = this.desk.find({ trade_no: tradeNo });
    if (!trade) return page("订单不存在", 404);
    if (method === "POST") {
      await this.pay(trade, how === "twice" ? 2 : how === "silent" ? 0 : 1);
      return redirect(this.cashierUrl(trade));
    }
    const button = (value: string, label: string) => `<button name="how" value="${value}">${label}</button>`;
    const form = `<form method="post">${button("pay", "付款")}${button("twice", "付款，通知两次")}${button("silent", "付款，不通知")}</form>`;
    return page(
      `<!doctype html><meta charset="utf-8"><h1>¥${toYuan(trade.fen)}</h1>${trade.status === 0 ? form : "已支付"}`,
    );
  }

  /** A buyer pays; resolves when the shop was told as often as asked. */
  async pay(trade: EpayTrade, tellings: number, yuan?: string): Promise<boolean> {
    if (!this.desk.pay(trade)) return false;
    const tell = () => this.notices.send(this.#notice(trade, yuan ?? toYuan(trade.fen)), tellings > 1 ? 1 : undefined);
    await Promise.all(Array.from({ length: tellings }, tell));
    return true;
  }

  #notice(trade: EpayTrade, yuan: string) {
    const { dialect = "rainbow" } = this.options;
    const headers: Record<string, string> =
      dialect === "lunafir" ? { "content-type": "application/x-www-form-urlencoded" } : {};
    return {
      url: trade.notifyUrl,
      method: dialect === "lunafir" ? ("POST" as const) : ("GET" as const),
      write: () => ({ headers, body: new URLSearchParams(this.#noticeFields(trade, yuan)).toString() }),
    };
  }

  #noticeFields(trade: EpayTrade, yuan: string): Record<string, string> {
    const { dialect = "rainbow", pid, key, rsa } = this.options;
    const isPlain = dialect === "rainbow";
    const fields = {
      pid,
      trade_no: trade.tradeNo,
      out_trade_no: trade.outTradeNo,
      type: trade.type || "alipay",
      name: isPlain ? "product" : trade.name,
      money: isPlain ? unpadded(yuan) : yuan,
      trade_status: "TRADE_SUCCESS",
    };
    if (rsa) {
      const more = {
        ...fields,
        api_trade_no: `UP${trade.tradeNo}`,
        timestamp: String(Math.floor(this.desk.now() / 1000)),
      };
      return { ...more, sign_type: "RSA", sign: rsaSign(more, rsa.platformPrivate) };
    }
    const all = dialect === "lunafir" ? { ...fields, api_trade_no: "4200000001", buyer: "2088001" } : fields;
    const signed = { ...all, sign: sign(all, key) };
    return dialect === "linuxdo" ? signed : { ...signed, sign_type: "MD5" };
  }

  #api(method: string, fields: Fields): Reply {
    const { dialect = "rainbow", pid, key } = this.options;
    const proof = { pid: fields.pid ?? "", out_trade_no: fields.out_trade_no ?? "" };
    const isKnown =
      dialect === "lunafir" ? fields.key === undefined && fields.sign === sign(proof, key) : fields.key === key;
    if (fields.pid !== pid || !isKnown)
      return json({ code: -3, msg: "商户密钥错误" }, dialect === "linuxdo" ? 400 : 200);
    if (fields.act === "orders") return this.#orders(fields);
    const trade = this.desk.find(fields);
    if (!trade) return json({ code: -1, msg: "订单号不存在" }, dialect === "linuxdo" ? 404 : 200);
    if (method === "POST") return this.#refund(trade, fields);
    const row = rowOf(trade, pid);
    if (this.mischief === "other_order") row.out_trade_no = "K0";
    // Here a payment that was given back reads as one that was never made.
    if (dialect === "linuxdo") row.status = trade.status === 1 ? 1 : 0;
    if (dialect === "lunafir") Object.assign(row, { addtime: Math.floor(trade.addedAt / 1000), endtime: 0 });
    return json({ code: 1, msg: "succ", ...row });
  }

  #orders(fields: Fields): Reply {
    this.beforePage(Number(fields.offset ?? 0));
    const rows = this.desk.page(Number(fields.offset ?? 0), Number(fields.limit ?? 10));
    // On PHP 8 an empty list is a fatal error.
    if (rows.length === 0) return page("", 500);
    return json({
      code: 1,
      msg: "查询订单记录成功！",
      count: rows.length,
      data: rows.map((row) => rowOf(row, this.options.pid)),
    });
  }

  #refund(trade: EpayTrade, { money = "" }: Fields): Reply {
    const { refundCode = 0, dialect, pid } = this.options;
    const code = dialect === "linuxdo" ? 1 : refundCode;
    if (!/^\d{1,8}(\.\d{1,2})?$/.test(money)) return json({ code: -1, msg: "金额输入错误" });
    if (dialect === "linuxdo" && toFen(money) !== trade.fen) return json({ code: -1, msg: "退款金额必须等于订单金额" });
    const said = {
      code,
      trade_no: trade.tradeNo,
      out_trade_no: trade.outTradeNo,
      uid: pid,
      money,
      reducemoney: money,
      msg: `退款成功！退款金额¥${money}`,
    };
    if (this.mischief === "claims_refunds") return json({ ...said, refund_no: "R0" });
    const refund = this.desk.refund(trade, { fen: toFen(money), outRefundNo: "" });
    if (typeof refund === "string") return json({ code: -1, msg: refund });
    if (this.mischief === "fails_refunds_that_went") return json({ code: -1, msg: "退款失败：timeout" });
    return json({ ...said, refund_no: refund.refundNo, out_refund_no: refund.outRefundNo });
  }

  shanghaiNow = (): string => shanghaiTime(this.desk.now());
}

import type { EpusdtDesk, EpusdtFlavour, EpusdtOrder, EpusdtTrade } from "./epusdt-desk";
import type { Asked, Reply } from "./loopback-server";
import { type Algorithm, goPrint, type Members, signedText, signText } from "./usdt-signing";

export interface EpusdtMerchant {
  readonly flavour: EpusdtFlavour;
  readonly pid: string;
  readonly token: string;
  readonly algorithm: Algorithm;
}

/** Once each; what a server does when it does not do what it should. */
/** `silent`: leaves the next question without an answer; `deaf`: every one, until told otherwise. */
export type EpusdtMischief = "none" | "empty" | "html" | "error_page" | "silent" | "deaf" | "busy";

const json = (body: object, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});
const NOT_FOUND: Reply = { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" };

/** The answers of one server of the family: pure, but for the desk. `null`: not a question of its interface. */
export class EpusdtInterface {
  /** False: a BEpusdt of before `/api/v1/pay/info`. */
  hasInfo = true;
  origin = "";

  constructor(
    readonly merchant: EpusdtMerchant,
    readonly desk: EpusdtDesk,
  ) {}

  answer({ method, url, body }: Asked): Reply | null {
    const { flavour } = this.merchant;
    const create =
      flavour === "gmpay" ? "/payments/gmpay/v1/order/create-transaction" : "/api/v1/order/create-transaction";
    if (method === "POST" && url.pathname === create) return this.#signed(body, (members) => this.#create(members));
    if (flavour === "bepusdt" && method === "POST" && url.pathname === "/api/v1/order/cancel-transaction") {
      return this.#signed(body, (members) => this.#cancel(members));
    }
    if (flavour === "bepusdt" && method === "POST" && url.pathname === "/api/v1/pay/info") {
      return this.hasInfo ? this.#info(readMembers(body)) : NOT_FOUND;
    }
    const [, pay, question, tradeId = ""] = url.pathname.split("/");
    if (pay !== "pay" || method !== "GET") return pay === "pay" ? null : NOT_FOUND;
    if (question === "check-status") return this.#status(this.desk.trades.get(tradeId), tradeId);
    if (question === "checkout-counter-resp" && flavour === "gmpay")
      return this.#counter(this.desk.trades.get(tradeId));
    return null;
  }

  sign(members: Members): string {
    const { flavour, token, algorithm } = this.merchant;
    return signText(signedText(members, "signature", flavour === "bepusdt" ? goPrint : String), token, algorithm);
  }

  /** BEpusdt says everything with 200 and one code; the other two with 400 and 401 and codes of their own. */
  #refuse(code: number, message: string): Reply {
    if (this.merchant.flavour === "bepusdt") return json({ status_code: 400, message });
    return json({ status_code: code, message, data: null, request_id: "" }, code === 401 ? 401 : 400);
  }

  #signed(body: string, run: (members: Members) => Reply): Reply {
    const members = readMembers(body);
    if (this.merchant.flavour === "gmpay" && members.pid !== this.merchant.pid)
      return this.#refuse(401, "签名认证错误");
    return members.signature === this.sign(members) ? run(members) : this.#refuse(401, "签名错误");
  }

  #create(members: Members): Reply {
    const order = this.#orderOf(members);
    if (!order) return this.#refuse(10009, "请求参数错误");
    const trade = this.desk.open(order);
    if (trade === "taken") return this.#refuse(10002, "支付交易已存在，请勿重复创建");
    return json({ status_code: 200, message: "success", data: this.#created(trade), request_id: "" });
  }

  #orderOf(members: Members): EpusdtOrder | null {
    const { order_id: orderId, amount, notify_url: notifyUrl, redirect_url: redirectUrl = "" } = members;
    const { fiat, currency, trade_type: tradeType, token, network } = members;
    if (typeof orderId !== "string" || orderId.length > 32 || typeof amount !== "number" || amount <= 0) return null;
    if (typeof notifyUrl !== "string") return null;
    const spelt = this.merchant.flavour === "gmpay" ? `${token}.${network}` : String(tradeType ?? "usdt.trc20");
    const price = String(fiat ?? currency ?? "CNY").toUpperCase();
    return { orderId, amount, fiat: price, tradeType: spelt, notifyUrl, redirectUrl: String(redirectUrl) };
  }

  /** What each calls the same thing: texts here, floats there; seconds left, a time in seconds, or in milliseconds. */
  #created(trade: EpusdtTrade): object {
    const common = {
      trade_id: trade.tradeId,
      order_id: trade.orderId,
      payment_url: `${this.origin}/pay/checkout-counter/${trade.tradeId}`,
    };
    const [coin = "", network = ""] = trade.tradeType.split(".");
    if (this.merchant.flavour === "bepusdt") {
      const { fiat, tradeType: trade_type, status, coins: actual_amount, address: token } = trade;
      return {
        ...common,
        fiat,
        trade_type,
        status,
        amount: String(trade.amount),
        actual_amount,
        token,
        expiration_time: 1_200,
      };
    }
    const floats = { amount: trade.amount, actual_amount: Number(trade.coins) };
    if (this.merchant.flavour === "classic")
      return { ...common, ...floats, token: trade.address, expiration_time: Date.now() + 600_000 };
    const expiration_time = Math.floor(Date.now() / 1_000) + 600;
    return {
      ...common,
      ...floats,
      currency: trade.fiat,
      receive_address: trade.address,
      token: coin.toUpperCase(),
      network,
      status: trade.status,
      expiration_time,
    };
  }

  #cancel({ trade_id }: Members): Reply {
    const trade = this.desk.trades.get(String(trade_id));
    if (!trade) return this.#refuse(10008, "订单不存在");
    if (trade.status !== 1) return this.#refuse(10010, `当前订单(${trade.tradeId})状态不允许取消`);
    trade.status = 4;
    return json({ status_code: 200, message: "success", data: { trade_id: trade.tradeId }, request_id: "" });
  }

  #info({ trade_id }: Members): Reply {
    const trade = this.desk.trades.get(String(trade_id));
    if (!trade) return this.#refuse(10008, "订单不存在");
    const [currency = "", network = ""] = trade.tradeType.split(".");
    const {
      tradeId,
      orderId: order_id,
      status,
      fiat,
      coins: actual_amount,
      address: token,
      tradeType: trade_type,
    } = trade;
    const data = {
      trade_id: tradeId,
      order_id,
      status,
      money: String(trade.amount),
      fiat,
      actual_amount,
      token,
      trade_type,
      currency: currency.toUpperCase(),
      network,
    };
    return json({ status_code: 200, message: "success", data, request_id: "" });
  }

  #status(trade: EpusdtTrade | undefined, tradeId: string): Reply {
    if (!trade) return this.#refuse(10008, "订单不存在");
    if (this.merchant.flavour === "bepusdt")
      return json({ trade_id: tradeId, trade_hash: trade.hash, status: trade.status, return_url: "" });
    return json({
      status_code: 200,
      message: "success",
      data: { trade_id: tradeId, status: trade.status },
      request_id: "",
    });
  }

  /** What the cashier's page is drawn from; its status is what it was when the page was made. */
  #counter(trade: EpusdtTrade | undefined): Reply {
    if (!trade) return this.#refuse(10008, "订单不存在");
    const { order_id: _, ...data } = this.#created(trade) as { order_id: string };
    return json({
      status_code: 200,
      message: "success",
      data: { ...data, status: 1, redirect_url: trade.redirectUrl },
      request_id: "",
    });
  }

  /** The members of a notice; BEpusdt prints coins as a text, the others as a float. */
  noticeOf(trade: EpusdtTrade): Members {
    const { flavour, pid } = this.merchant;
    const [coin = ""] = trade.tradeType.split(".");
    const isGmpay = flavour === "gmpay";
    const members: Members = {
      ...(isGmpay ? { pid } : {}),
      trade_id: trade.tradeId,
      order_id: trade.orderId,
      amount: trade.amount,
      actual_amount: flavour === "bepusdt" ? trade.coins : Number(trade.coins),
      ...(isGmpay ? { receive_address: trade.address, token: coin.toUpperCase() } : { token: trade.address }),
      block_transaction_id: trade.hash,
    };
    const signed = { ...members, status: trade.status };
    return { ...members, signature: this.sign(signed), status: trade.status };
  }
}

function readMembers(body: string): Members {
  try {
    const members: unknown = JSON.parse(body);
    return typeof members === "object" && members !== null ? (members as Members) : {};
  } catch {
    return {};
  }
}

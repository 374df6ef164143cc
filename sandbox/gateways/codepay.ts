import { createHash } from "node:crypto";
import { type Fields, toFen, toYuan } from "../signing";
import { shiftedFen } from "./amount-shift";
import { fieldsOf, page } from "./epay-replies";
import { type Asked, listenOnLoopback, type Reply } from "./loopback-server";
import { isThisMachine, Notices, type SentNotice } from "./notices";

export interface CodepayFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly id: string;
  readonly key: string;
  readonly speed?: number;
  readonly now?: () => number;
}

export interface CodepayOrder {
  readonly payId: string;
  readonly payNo: string;
  readonly type: string;
  readonly fen: bigint;
  /** What this buyer is asked for. */
  readonly asked: bigint;
  readonly param: string;
  readonly notifyUrl: string;
  isPaid: boolean;
}

export interface CodepayFake {
  readonly url: string;
  readonly sent: readonly SentNotice[];
  order(payId: string): CodepayOrder | undefined;
  /** Somebody pays; with another amount, as a person at its desk may book one. Resolves when the shop was told. */
  pay(payId: string, transfer?: { readonly fen?: bigint; readonly tellings?: number }): Promise<boolean>;
  stop(): Promise<void>;
}

/** Sorted, what is not empty, the key behind it: written from the protocol a second time. */
function signed(fields: Fields, key: string): string {
  const parts = Object.keys(fields)
    .sort()
    .filter((name) => name !== "sign" && fields[name] !== "");
  return createHash("md5")
    .update(parts.map((name) => `${name}=${fields[name]}`).join("&") + key)
    .digest("hex");
}

/** One account at one server; every request goes through `handle`. */
class CodepayServer {
  readonly orders = new Map<string, CodepayOrder>();
  readonly notices: Notices;
  readonly #options: CodepayFakeOptions;
  #count = 0;

  constructor(options: CodepayFakeOptions) {
    this.#options = options;
    const isTaken = (_: number, answer: string): boolean => answer.trim() === "success";
    this.notices = new Notices({
      pauses: [60, 300, 1_800],
      speed: options.speed ?? 1,
      isTaken,
      mayCall: isThisMachine,
    });
  }

  async handle({ method, url, body }: Asked): Promise<Reply | null> {
    if (!/^\/creat_order\/?$/.test(url.pathname)) return page("404", 404);
    const fields = fieldsOf(url.search);
    if (fields.id !== this.#options.id || fields.sign !== signed(fields, this.#options.key)) return page("签名错误");
    const order = this.#open(fields);
    if (typeof order === "string") return page(order);
    if (method === "POST") await this.pay(order, order.asked, fieldsOf(body).how === "twice" ? 2 : 1);
    const form = `<form method="post"><button name="how" value="pay">付款</button><button name="how" value="twice">付款，通知两次</button></form>`;
    return page(
      `<!doctype html><meta charset="utf-8"><h1>¥${toYuan(order.asked)}</h1>${order.isPaid ? "已支付" : form}`,
    );
  }

  #open({
    pay_id: payId = "",
    price = "",
    type = "",
    param = "",
    notify_url: notifyUrl = "",
  }: Fields): CodepayOrder | string {
    const known = this.orders.get(payId);
    if (known) return known;
    if (!/^\d{1,8}(\.\d{1,2})?$/.test(price) || !["1", "2", "3"].includes(type)) return "参数错误";
    const taken = new Set([...this.orders.values()].filter((order) => !order.isPaid).map(({ asked }) => asked));
    const asked = shiftedFen(toFen(price), taken, "up") ?? toFen(price);
    const payNo = `${(this.#options.now ?? Date.now)()}${++this.#count}`;
    const order: CodepayOrder = { payId, payNo, type, fen: toFen(price), asked, param, notifyUrl, isPaid: false };
    this.orders.set(payId, order);
    return order;
  }

  async pay(order: CodepayOrder, fen: bigint, tellings: number): Promise<boolean> {
    if (order.isPaid) return false;
    order.isPaid = true;
    const { payId, payNo, type, param } = order;
    const at = String(Math.floor((this.#options.now ?? Date.now)() / 1000));
    const fields = {
      pay_id: payId,
      pay_no: payNo,
      type,
      param,
      price: toYuan(order.fen),
      money: toYuan(fen),
      pay_time: at,
    };
    const body = new URLSearchParams({ ...fields, sign: signed(fields, this.#options.key) }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const tell = () =>
      this.notices.send({ url: order.notifyUrl, write: () => ({ headers, body }) }, tellings > 1 ? 1 : undefined);
    await Promise.all(Array.from({ length: tellings }, tell));
    return true;
  }
}

/** Starts a 码支付 server on 127.0.0.1. It shares no code with the shop. */
export async function startCodepayFake(options: CodepayFakeOptions): Promise<CodepayFake> {
  const codepay = new CodepayServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => codepay.handle(asked));
  return {
    url: server.origin,
    sent: codepay.notices.sent,
    order: (payId) => codepay.orders.get(payId),
    async pay(payId, { fen, tellings = 1 } = {}) {
      const order = codepay.orders.get(payId);
      if (!order) throw new Error(`the shop never asked for ${payId}`);
      return codepay.pay(order, fen ?? order.asked, tellings);
    },
    async stop() {
      codepay.notices.stop();
      await server.stop();
    },
  };
}

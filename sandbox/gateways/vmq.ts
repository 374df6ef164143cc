import { createHash, randomInt } from "node:crypto";
import { type Fields, shanghaiTime } from "../signing";
import { shiftedFen } from "./amount-shift";
import { fieldsOf, page } from "./epay-replies";
import { type Asked, listenOnLoopback, type Reply } from "./loopback-server";
import { isThisMachine, Notices, type SentNotice } from "./notices";

export interface VmqFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly key: string;
  /** The Java server reads a price as a double and signs what that prints; the PHP one signs the text it got. */
  readonly flavour?: "java" | "php";
  /** Whether amounts move up or down to be told apart. */
  readonly direction?: "up" | "down";
  readonly minutes?: number;
  readonly now?: () => number;
}

export interface VmqOrder {
  readonly payId: string;
  readonly orderId: string;
  readonly param: string;
  readonly type: string;
  readonly fen: bigint;
  readonly asked: bigint;
  readonly notifyUrl: string;
  readonly createdAt: number;
  /** -1 expired or closed, 0 waiting, 1 paid, 2 paid and nobody took the notice. */
  state: -1 | 0 | 1 | 2;
}

export interface VmqFake {
  readonly url: string;
  readonly sent: readonly SentNotice[];
  order(payId: string): VmqOrder | undefined;
  /** Somebody transfers this amount (default: what the order asks). False: the amount is nobody's, and the shop hears nothing. */
  pay(payId: string, transfer?: { readonly fen?: bigint; readonly tells?: boolean }): Promise<boolean>;
  /** The phone that watches the wallet goes away, or comes back. */
  watch(isWatched: boolean): void;
  misbehave(mischief: "none" | "html" | "hang" | "other_order"): void;
  stop(): Promise<void>;
}

const md5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex");
const json = (value: unknown): Reply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});
const refuse = (msg: string): Reply => json({ code: -1, msg, data: null });

/** As the server prints a number: PHP bare, Java never without a point. */
function printed(fen: bigint, flavour: "java" | "php"): string {
  const text = `${fen / 100n}.${`${fen % 100n}`.padStart(2, "0")}`.replace(/0$/, "");
  return flavour === "php" ? text.replace(/\.0$/, "") : text;
}

const fenOf = (text: string): bigint | null => {
  const [, whole, part = ""] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return whole === undefined ? null : BigInt(whole + part.padEnd(2, "0"));
};

/** The one merchant of one server; every request goes through `handle`. */
class VmqServer {
  readonly orders = new Map<string, VmqOrder>();
  readonly notices: Notices;
  mischief: Parameters<VmqFake["misbehave"]>[0] = "none";
  isWatched = true;
  readonly #options: Required<Omit<VmqFakeOptions, "port">>;

  constructor({ key, flavour = "java", direction = "up", minutes = 5, now = Date.now }: VmqFakeOptions) {
    this.#options = { key, flavour, direction, minutes, now };
    // Told once; after that a person presses a button.
    this.notices = new Notices({
      pauses: [],
      speed: 1,
      isTaken: (_, answer) => answer === "success",
      mayCall: isThisMachine,
    });
  }

  async handle({ method, url, body }: Asked): Promise<Reply | null> {
    const fields = { ...fieldsOf(url.search), ...fieldsOf(body) };
    if (url.pathname === "/payPage/pay.html") return this.#payPage(method, fields);
    if (this.mischief === "hang") return null;
    if (this.mischief === "html") return page("<html>502 Bad Gateway</html>");
    const { orderId = "", sign = "", t = "" } = fields;
    switch (url.pathname) {
      case "/createOrder":
        return this.#create(fields);
      case "/getOrder":
        return this.#tell(this.#byOrderId(orderId));
      case "/closeOrder":
        return sign === md5(orderId + this.#options.key)
          ? this.#close(this.#byOrderId(orderId))
          : refuse("签名校验不通过");
      case "/getState":
        if (sign !== md5(t + this.#options.key)) return refuse("签名校验不通过");
        return json({ code: 1, msg: "成功", data: { state: this.isWatched ? "1" : "0", lastheart: t, lastpay: "" } });
      default:
        return page("404", 404);
    }
  }

  #byOrderId = (orderId: string): VmqOrder | undefined =>
    [...this.orders.values()].find((order) => order.orderId === orderId);

  #create({ payId = "", param = "", type = "", price = "", notifyUrl = "", sign = "" }: Fields): Reply {
    const { key, flavour, direction, now } = this.#options;
    const fen = fenOf(price);
    if (payId === "") return refuse("请传入商户订单号");
    if (type !== "1" && type !== "2") return refuse("支付方式错误=>1|微信 2|支付宝");
    if (fen === null) return refuse("请传入订单金额");
    if (sign !== md5(payId + param + type + (flavour === "java" ? printed(fen, "java") : price) + key))
      return refuse("签名校验不通过");
    const asked = shiftedFen(fen, new Set(this.#waiting().map((order) => order.asked)), direction);
    if (asked === null) return refuse("所有金额均被占用");
    if (this.orders.has(payId)) return refuse("商户订单号已存在！");
    const orderId = shanghaiTime(now()).replace(/\D/g, "") + String(randomInt(1_000, 10_000));
    const order: VmqOrder = { payId, orderId, param, type, fen, asked, notifyUrl, createdAt: now(), state: 0 };
    this.orders.set(payId, order);
    return this.#tell(order);
  }

  #waiting = (): VmqOrder[] => [...this.orders.values()].filter(({ state }) => state === 0);

  #tell(order: VmqOrder | undefined): Reply {
    if (!order) return refuse("云端订单编号不存在");
    const { payId, orderId, type, fen, asked, state, createdAt } = order;
    const data = {
      payId: this.mischief === "other_order" ? "K0" : payId,
      orderId,
      payType: Number(type),
      price: Number(printed(fen, "php")),
      reallyPrice: Number(printed(asked, "php")),
      payUrl: "wxp://f2f0",
      isAuto: 1,
      state,
      timeOut: this.#options.minutes,
      date: createdAt,
    };
    return json({ code: 1, msg: "成功", data });
  }

  #close(order: VmqOrder | undefined): Reply {
    if (!order) return refuse("云端订单编号不存在");
    if (order.state !== 0) return refuse("订单状态不允许关闭");
    order.state = -1;
    return json({ code: 1, msg: "成功", data: null });
  }

  async #payPage(method: string, { orderId = "", how = "" }: Fields): Promise<Reply> {
    const order = this.#byOrderId(orderId);
    if (!order) return page("订单不存在", 404);
    if (method === "POST") await this.transfer(order.type, order.asked, how !== "silent");
    const form = `<form method="post"><button name="how" value="pay">已付款</button><button name="how" value="silent">付款，不通知</button></form>`;
    return page(
      `<!doctype html><meta charset="utf-8"><h1>¥${printed(order.asked, "java")}</h1>${order.state === 0 ? form : "已支付"}`,
    );
  }

  /** Money arrives in the wallet: it belongs to whoever is asked for exactly that. */
  async transfer(type: string, fen: bigint, tells: boolean): Promise<boolean> {
    const order = this.#waiting().find((one) => one.type === type && one.asked === fen);
    if (!order || !this.isWatched) return false;
    order.state = 1;
    if (!tells) return true;
    const { key, flavour } = this.#options;
    const [price, really] = [printed(order.fen, flavour), printed(order.asked, flavour)];
    const { payId, param } = order;
    // Not escaped: the original pastes the values as they are.
    const query = `payId=${payId}&param=${param}&type=${type}&price=${price}&reallyPrice=${really}&sign=${md5(payId + param + type + price + really + key)}`;
    const notice = await this.notices.send({
      url: order.notifyUrl,
      method: "GET",
      write: () => ({ headers: {}, body: query }),
    });
    if (notice.answer !== "success") order.state = 2;
    return true;
  }
}

/** Starts a V免签 server on 127.0.0.1. It shares no code with the shop. */
export async function startVmqFake(options: VmqFakeOptions): Promise<VmqFake> {
  const vmq = new VmqServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => vmq.handle(asked));
  return {
    url: server.origin,
    sent: vmq.notices.sent,
    order: (payId) => vmq.orders.get(payId),
    async pay(payId, { fen, tells = true } = {}) {
      const order = vmq.orders.get(payId);
      if (!order) throw new Error(`the shop never asked for ${payId}`);
      return vmq.transfer(order.type, fen ?? order.asked, tells);
    },
    watch(isWatched) {
      vmq.isWatched = isWatched;
    },
    misbehave(mischief) {
      vmq.mischief = mischief;
    },
    async stop() {
      vmq.notices.stop();
      await server.stop();
    },
  };
}

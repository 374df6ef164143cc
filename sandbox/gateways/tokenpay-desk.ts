import { randomUUID } from "node:crypto";
import type { Reply } from "./loopback-server";
import { type Algorithm, type Members, signedText, signText } from "./usdt-signing";

export interface TokenpayOrder {
  readonly id: string;
  readonly outOrderId: string;
  /** The price, with the letters it came with: a C# decimal keeps them. */
  readonly price: string;
  readonly currency: string;
  readonly coins: string;
  readonly address: string;
  readonly notifyUrl: string;
  readonly redirectUrl: string;
  status: 0 | 1 | 2;
  hash: string | null;
}

const RATE = 7;
const ADDRESSES = ["TKGTx4pCKiKQbk8evXHTborfZn754TGViP", "TNEns8t9jbWENbStkQdVQtHMGpbsYsQjZK"] as const;
const CURRENCIES = ["TRX", "USDT_TRC20"];

const json = (body: object): Reply => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});
const refuse = (message: string): Reply => json({ success: false, message });

/** The orders of one TokenPay server, and its answers about them. */
export class TokenpayDesk {
  readonly orders: TokenpayOrder[] = [];
  origin = "";

  constructor(
    readonly token: string,
    readonly algorithm: Algorithm,
    readonly baseCurrency: string,
  ) {}

  sign(members: Members): string {
    return signText(signedText(members, "Signature"), this.token, this.algorithm);
  }

  /** The latest order of a shop's number. */
  ofShop(outOrderId: string): TokenpayOrder | undefined {
    return this.orders.filter((order) => order.outOrderId === outOrderId).at(-1);
  }

  create(body: string): Reply {
    const price = /"ActualAmount"\s*:\s*(-?[0-9.]+)/.exec(body)?.[1] ?? "";
    const members: Record<string, string | undefined> = { ...JSON.parse(body), ActualAmount: price };
    if (members.Signature !== this.sign(members)) return refuse("签名验证失败！");
    const {
      OutOrderId: outOrderId,
      Currency: currency,
      NotifyUrl: notifyUrl = "",
      RedirectUrl: redirectUrl = "",
    } = members;
    if (!outOrderId || !members.OrderUserKey || !currency) return refuse("外部订单号为必传参数");
    if (!CURRENCIES.includes(currency)) return refuse(`不支持的币种【${currency}】！`);
    if (!(Number(price) > 0)) return refuse("金额有误！");
    // The same number shows the same order, paid or not, until that has expired; then it begins a second one.
    const known = this.orders.find(
      (order) => order.outOrderId === outOrderId && order.currency === currency && order.status !== 2,
    );
    if (known) return this.#opened(known, "订单已存在，查询旧订单！");
    const coins = String(Math.round((Number(price) / RATE) * 100) / 100);
    if (coins === "0") return refuse("此订单金额过低！");
    const address = ADDRESSES[this.orders.length % ADDRESSES.length] ?? ADDRESSES[0];
    const order: TokenpayOrder = {
      id: randomUUID(),
      outOrderId,
      price,
      currency,
      coins,
      address,
      notifyUrl,
      redirectUrl,
      status: 0,
      hash: null,
    };
    this.orders.push(order);
    return this.#opened(order, "创建订单成功！");
  }

  #opened(order: TokenpayOrder, message: string): Reply {
    const info = {
      ActualAmount: order.price,
      Amount: order.coins,
      BaseCurrency: this.baseCurrency,
      BlockChainName: "TRON",
      CurrencyName: order.currency.split("_")[0],
      ExpireTime: "2026-11-20 14:04:57",
      Id: order.id,
      OrderUserKey: order.outOrderId,
      OutOrderId: order.outOrderId,
      PassThroughInfo: null,
      QrCodeBase64: `data:image/png;base64,${"A".repeat(2_000)}`,
      ToAddress: order.address,
    };
    return json({ success: true, message, data: `${this.origin}/Pay?Id=${order.id}`, info });
  }

  query({ searchParams }: URL): Reply {
    const [Id, Signature] = [searchParams.get("Id") ?? "", searchParams.get("Signature")];
    if (Signature !== this.sign({ Id })) return refuse("签名验证失败！");
    const order = this.orders.find(({ id }) => id === Id);
    if (!order) return refuse("订单不存在！");
    const { id, outOrderId, status, currency, address: toAddress, hash: blockTransactionId } = order;
    const data = {
      id,
      outOrderId,
      orderUserKey: outOrderId,
      status,
      currency,
      toAddress,
      blockTransactionId,
      actualAmount: Number(order.price),
      amount: Number(order.coins),
      payAmount: order.hash ? Number(order.coins) : null,
    };
    return json({ success: true, message: "订单信息获取成功！", data });
  }

  /** Everything a text but the two small numbers; what is null is left out. */
  noticeOf(order: TokenpayOrder): Members {
    const members: Members = {
      ActualAmount: order.price,
      Amount: order.coins,
      BaseCurrency: this.baseCurrency,
      BlockChainName: "TRON",
      BlockTransactionId: order.hash ?? undefined,
      Currency: order.currency,
      CurrencyName: order.currency.split("_")[0],
      FromAddress: "TYYjzt6AWhe9hAg9DrhiYXEWKDksyohgQa",
      Id: order.id,
      IsDynamicAmount: 0,
      OrderUserKey: order.outOrderId,
      OutOrderId: order.outOrderId,
      PayAmount: order.coins,
      PayTime: "2026-11-20 16:08:39",
      Status: order.status,
      ToAddress: order.address,
    };
    return { ...members, Signature: this.sign(members) };
  }
}

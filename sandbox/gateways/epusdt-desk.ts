import { randomBytes, randomInt } from "node:crypto";

export type EpusdtFlavour = "bepusdt" | "gmpay" | "classic";
/** 1 waiting, 2 paid, 3 expired, 4 cancelled, 5 confirming, 6 failed. */
export type EpusdtStatus = 1 | 2 | 3 | 4 | 5 | 6;

export interface EpusdtOrder {
  readonly orderId: string;
  readonly fiat: string;
  readonly amount: number;
  /** `usdt.trc20`; as BEpusdt spells it, whatever the flavour. */
  readonly tradeType: string;
  readonly notifyUrl: string;
  readonly redirectUrl: string;
}

export interface EpusdtTrade extends EpusdtOrder {
  readonly tradeId: string;
  readonly address: string;
  /** The exact amount of coin, as it is printed. */
  coins: string;
  status: EpusdtStatus;
  hash: string;
}

/** Yuan for one coin; the same for every coin, which is enough here. */
const RATE = 7;
const PLACES: Readonly<Record<EpusdtFlavour, number>> = { bepusdt: 2, gmpay: 2, classic: 4 };
const TRON_WALLETS = ["TNEns8t9jbWENbStkQdVQtHMGpbsYsQjZK", "TKGTx4pCKiKQbk8evXHTborfZn754TGViP"] as const;
const EVM_WALLET = "0x52908400098527886E0F7030069857D2E4169EE7";

/** The trades of one server. Coins are watched by their exact amount, so no two that wait have the same one at one address. */
export class EpusdtDesk {
  readonly trades = new Map<string, EpusdtTrade>();
  readonly #flavour: EpusdtFlavour;

  constructor(flavour: EpusdtFlavour) {
    this.#flavour = flavour;
  }

  /** The latest trade of a shop's number. */
  ofOrder(orderId: string): EpusdtTrade | undefined {
    return [...this.trades.values()].filter((trade) => trade.orderId === orderId).at(-1);
  }

  /**
   * What the three make of a number they have seen. BEpusdt: paid or confirming, the trade as it is; waiting, the same trade,
   * with another amount when anything of it changed; over, a second trade. The others: no, whatever became of it.
   */
  open(order: EpusdtOrder): EpusdtTrade | "taken" {
    const known = this.ofOrder(order.orderId);
    if (known && this.#flavour !== "bepusdt") return "taken";
    if (known && (known.status === 2 || known.status === 5)) return known;
    if (known?.status === 1) return this.#rebuild(known, order);
    const address = /trc20|trx|tron/.test(order.tradeType) ? TRON_WALLETS[0] : EVM_WALLET;
    const trade: EpusdtTrade = {
      ...order,
      tradeId: this.#newTradeId(),
      address,
      coins: this.#freeAmount(order.amount, address),
      status: 1,
      hash: "",
    };
    this.trades.set(trade.tradeId, trade);
    return trade;
  }

  #rebuild(known: EpusdtTrade, order: EpusdtOrder): EpusdtTrade {
    const isSame = known.amount === order.amount && known.fiat === order.fiat && known.tradeType === order.tradeType;
    if (isSame) return known;
    const rebuilt = { ...known, ...order, coins: this.#freeAmount(order.amount, known.address) };
    this.trades.set(known.tradeId, rebuilt);
    return rebuilt;
  }

  #freeAmount(fiat: number, address: string): string {
    const scale = 10 ** PLACES[this.#flavour];
    const taken = new Set(
      [...this.trades.values()].filter((t) => t.status === 1 && t.address === address).map((t) => t.coins),
    );
    for (let atoms = Math.max(1, Math.round((fiat / RATE) * scale)); ; atoms += 1) {
      const coins = String(atoms / scale);
      if (!taken.has(coins)) return coins;
    }
  }

  #newTradeId(): string {
    if (this.#flavour === "classic") return `20261120${Date.now()}${String(randomInt(1000)).padStart(3, "0")}`;
    return randomBytes(18).toString("base64url").replace(/^[-_]/, "x");
  }
}

/** A transaction's number on a chain. */
export const newHash = (): string => randomBytes(32).toString("hex");

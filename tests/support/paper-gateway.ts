import type { OpenAccount } from "@/lib/features/payments/accounts";
import type {
  CloseAnswer,
  GatewayAccount,
  Notification,
  OpenAnswer,
  OpenInput,
  QueryAnswer,
  RefundAnswer,
  RefundInput,
  VerifiedPayment,
} from "@/lib/features/payments/gateways/port";
import { PLAIN_TERMS } from "@/lib/features/payments/ways";
import { money } from "@/lib/kernel/money";
import { err, ok } from "@/lib/kernel/result";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { TestShop } from "./shop";

/** What the gateway's books hold of one of our numbers. */
interface Trade {
  amountMinor: bigint;
  paidAs: string | null;
  isClosed: boolean;
  /** By the number of the refund; where the gateway ignores it, by chance. */
  readonly refunds: Map<string, bigint>;
}

/**
 * A gateway whose books are in memory, which does what a test tells it: it must be asked for the way to pay, closes, gives
 * back, hangs and falls silent. Its notices are the port's own values, so that the flows are tried with everything a protocol
 * can say. `calls` is what it was asked, in order.
 */
export class PaperGateway {
  readonly trades = new Map<string, Trade>();
  readonly calls: string[] = [];
  /** What it was told each time that it was asked for a way to pay. */
  readonly opened: OpenInput[] = [];
  /** What happens before each answer; a test may wait, throw or fall silent here. */
  before: (call: string) => Promise<"silent" | undefined> = async () => undefined;
  isRefundIdempotent = true;
  isPartialPossible = true;
  /** Of money that is gone it can only say that it is gone. */
  isRefundBlind = false;
  closes = true;
  /** Says `processing` to a refund until this is cleared. */
  isRefundSlow = false;
  /** Does what it is asked, and nobody hears so. */
  losesAnswers = false;
  /** Refuses every refund with this code, but for one that it has made already. */
  refundFailure: string | null = null;
  /** When what it opens goes stale; undefined: never. */
  staleAt: number | undefined = undefined;
  /** When it stops taking money for what it opens; null: it does not say. */
  closesAt: number | null = null;
  /** Numbers that it will open nothing for; "*": none at all. */
  readonly refusesToOpen = new Set<string>();
  #opened = 0;

  constructor(readonly id: string) {}

  async #ask<T>(call: string, answer: () => T): Promise<T | { state: "unknown"; reason: "timed_out" }> {
    this.calls.push(call);
    if ((await this.before(call)) === "silent") return { state: "unknown", reason: "timed_out" };
    const said = answer();
    return this.losesAnswers ? { state: "unknown", reason: "timed_out" } : said;
  }

  pay(outTradeNo: string, { trade = `T${outTradeNo.slice(1, 9)}`, amountMinor = 1000n } = {}): VerifiedPayment {
    const known = this.trades.get(outTradeNo);
    this.trades.set(outTradeNo, { amountMinor, isClosed: false, refunds: known?.refunds ?? new Map(), paidAs: trade });
    return this.paymentOf(outTradeNo, trade, amountMinor);
  }

  paymentOf = (outTradeNo: string, gatewayTradeNo: string, amountMinor: bigint): VerifiedPayment => ({
    accountRef: "paper",
    outTradeNo,
    gatewayTradeNo,
    amount: money(amountMinor, "CNY"),
    method: null,
    evidence: [["trade", gatewayTradeNo]],
  });

  #query(outTradeNo: string): QueryAnswer {
    const trade = this.trades.get(outTradeNo);
    if (!trade) return { state: "not_found" };
    if (!trade.paidAs) return { state: trade.isClosed ? "closed" : "pending" };
    const payment = this.paymentOf(outTradeNo, trade.paidAs, trade.amountMinor);
    return { state: trade.refunds.size > 0 ? "refunded" : "paid", payment };
  }

  #close(outTradeNo: string): CloseAnswer {
    const trade = this.trades.get(outTradeNo);
    if (!trade) return { state: "not_created" };
    if (trade.paidAs) return { state: "already_paid" };
    trade.isClosed = true;
    return { state: "closed" };
  }

  #refunded({ refundNo, amount }: RefundInput): RefundAnswer {
    const state = this.isRefundSlow ? "processing" : "succeeded";
    return { state, gatewayRefundNo: this.isRefundIdempotent ? `G${refundNo}` : null, amount };
  }

  #refund(input: RefundInput): RefundAnswer {
    const refunds = this.trades.get(input.outTradeNo)?.refunds;
    const isMade = this.isRefundIdempotent && refunds?.has(input.refundNo);
    if (this.refundFailure && !isMade) return { state: "failed", code: this.refundFailure };
    if (!refunds) return { state: "not_found" };
    const key = this.isRefundIdempotent ? input.refundNo : `${refunds.size}`;
    refunds.set(key, input.amount.amountMinor);
    return this.#refunded(input);
  }

  #queryRefund(input: RefundInput): RefundAnswer {
    const refunds = this.trades.get(input.outTradeNo)?.refunds ?? new Map();
    const isThere = this.isRefundIdempotent ? refunds.has(input.refundNo) : refunds.size > 0;
    if (isThere && this.isRefundBlind) return { state: "unknown", reason: "held" };
    return isThere ? this.#refunded(input) : { state: "not_found" };
  }

  /** How much has left the gateway's till for one of our numbers. */
  givenBack = (outTradeNo: string): bigint =>
    [...(this.trades.get(outTradeNo)?.refunds.values() ?? [])].reduce((sum, minor) => sum + minor, 0n);

  #open(outTradeNo: string): OpenAnswer {
    if (this.refusesToOpen.has("*") || this.refusesToOpen.has(outTradeNo))
      return { state: "refused", code: "number_taken" };
    const text = `paper:${outTradeNo}:${++this.#opened}`;
    this.trades.set(outTradeNo, { amountMinor: 1000n, paidAs: null, isClosed: false, refunds: new Map() });
    return {
      state: "opened",
      opened: {
        presentation: { kind: "qrcode", text },
        gatewayTradeNo: `S${outTradeNo}`,
        closesAt: this.closesAt,
        ...(this.staleAt !== undefined && { staleAt: this.staleAt }),
      },
    };
  }

  account(): GatewayAccount {
    const asks = <T>(call: string, answer: () => T) => this.#ask(call, answer);
    const text = (body: string, status = 200) => ({ status, contentType: "text/plain", body });
    return {
      kind: "epay",
      accountRef: "paper",
      methods: [],
      createPayment: () => ok({ kind: "on_request" }),
      openPayment: (input) => {
        this.opened.push(input);
        return asks(`open ${input.outTradeNo}`, () => this.#open(input.outTradeNo));
      },
      readNotification: (raw) => {
        const said = notices.get(new TextDecoder().decode(raw.body));
        if (!said) return err("bad_signature");
        return typeof said === "string" ? err(said) : ok(said);
      },
      queryPayment: ({ outTradeNo }) => asks(`query ${outTradeNo}`, () => this.#query(outTradeNo)),
      ...(this.closes && {
        closePayment: ({ outTradeNo }) => asks(`close ${outTradeNo}`, () => this.#close(outTradeNo)),
      }),
      refunds: {
        isPartialPossible: this.isPartialPossible,
        isIdempotent: this.isRefundIdempotent,
        refund: (input) => asks(`refund ${input.refundNo}`, () => this.#refund(input)),
        queryRefund: (input) => asks(`ask ${input.refundNo}`, () => this.#queryRefund(input)),
      },
      selfCheck: async () => [],
      accepted: text("taken"),
      refused: text("refused", 400),
      deferred: text("later", 503),
    };
  }
}

const notices = new Map<string, Notification | "unknown_key" | "other_account">();

/** The body of a request that the gateway reads as this notice. */
export function noticeOf(said: Notification | "unknown_key" | "other_account"): Uint8Array {
  const name = `notice ${notices.size + 1}`;
  notices.set(name, said);
  return new TextEncoder().encode(name);
}

/** Puts gateways among the shop's accounts, or beside those that are given, for a process; the rows are there for everybody. */
export async function connectPaper(
  shop: Pick<TestShop, "rows">,
  deps: Deps,
  gateways: readonly PaperGateway[],
  others: ReadonlyMap<string, OpenAccount> = new Map(),
): Promise<void> {
  const known = new Map(others);
  for (const { id } of gateways) {
    await shop.rows(
      `INSERT INTO gateway_account (id, gateway, title_zh, title_en, currency, settings, key_id, status)
       VALUES ($1, 'epay', '纸', 'Paper', 'CNY', '', 'none', 'active') ON CONFLICT (id) DO NOTHING`,
      [id],
    );
  }
  for (const gateway of gateways) {
    known.set(gateway.id, {
      id: gateway.id,
      kind: "epay",
      currency: "CNY",
      titleZh: "纸",
      titleEn: "Paper",
      isActive: true,
      gateway: gateway.account(),
      terms: PLAIN_TERMS,
    });
  }
  const cache = ofDeps(deps, "payments.accounts", (): { readAt: number; accounts: unknown } => ({
    readAt: 0,
    accounts: null,
  }));
  Object.assign(cache, { readAt: Number.POSITIVE_INFINITY, accounts: Promise.resolve(known) });
}

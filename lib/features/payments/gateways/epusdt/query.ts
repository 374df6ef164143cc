import { z } from "zod";
import { type Money, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { unknown } from "../answers";
import { textField } from "../flat-json";
import { askJson, jsonPost } from "../json-reply";
import type { CloseAnswer, Pair, PaymentRef, QueryAnswer, UnknownReason } from "../port";
import { Printed } from "../printed-json";
import type { GatewayRequest, Transport } from "../transport";
import { signedBody, TRADE_ID } from "./codec";
import { accountRefOf } from "./notice";
import { Envelope } from "./open";
import { currencyOf, type EpusdtConfig } from "./settings";

/** `absent`: the server knows no such trade. `no_route`: this build of the server has no such question. */
type Failure = UnknownReason | "absent" | "no_route";

/** What a server said of one trade. The order and the amount are there only where its question tells them. */
interface TradeState {
  readonly status: string;
  readonly orderId: string | null;
  readonly amount: Money | null;
  readonly evidence: readonly Pair[];
}

const State = z.looseObject({
  trade_id: z.string(),
  status: Printed,
  order_id: z.string().nullish(),
  money: Printed.nullish(),
  amount: Printed.nullish(),
  actual_amount: Printed.nullish(),
  fiat: z.string().nullish(),
  currency: z.string().nullish(),
  network: z.string().nullish(),
  token: z.string().nullish(),
  receive_address: z.string().nullish(),
  trade_hash: z.string().nullish(),
  trade_url: z.string().nullish(),
});
type State = z.infer<typeof State>;

/** BEpusdt has one code for every refusal, and this word. */
const isAbsent = (message: string): boolean => /不存在|not found/i.test(message);

/**
 * Asks the server about one trade. Its answers are not signed; they come over https from the server that the merchant named,
 * as EPay's do, and say whose trade it is. Without the trade's number there is nothing to ask by: nobody was shown an address.
 */
export async function queryPayment(
  payment: PaymentRef,
  config: EpusdtConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  const { gatewayTradeNo: tradeId, outTradeNo } = payment;
  if (tradeId === null) return unknown("not_askable");
  if (!TRADE_ID.test(tradeId)) return unknown("unreadable");
  const asked = await askTrade(tradeId, config, transport);
  if (!asked.ok) return asked.error === "absent" ? { state: "not_found" } : unknown(reasonOf(asked.error));
  const { status, orderId, amount: stated, evidence } = asked.value;
  if (orderId !== null && orderId !== outTradeNo) return unknown("other_order");
  if (status === "4" && config.flavour === "bepusdt") return { state: "closed" };
  if (status === "6") return { state: "closed" };
  // An expired trade may still become a paid one: the transfer is found late, or somebody repairs it by hand.
  if (status !== "2") return /^[1345]$/.test(status) ? { state: "pending" } : unknown("unreadable");
  // A server that does not repeat the amount settles a trade by exactly what it was opened for, and numbers are never reused.
  const amount = stated ?? payment.openedAmount ?? null;
  if (!amount) return unknown("held");
  const paid = {
    accountRef: accountRefOf(config),
    outTradeNo,
    gatewayTradeNo: tradeId,
    amount,
    method: null,
    evidence,
  };
  return { state: "paid", payment: paid };
}

const reasonOf = (failure: Failure): UnknownReason =>
  failure === "absent" || failure === "no_route" ? "unreadable" : failure;

/** The fullest question that this flavour knows; the bare status where a build is too old for it. */
async function askTrade(
  tradeId: string,
  config: EpusdtConfig,
  transport: Transport,
): Promise<Result<TradeState, Failure>> {
  if (config.flavour === "bepusdt") {
    const body = JSON.stringify({ trade_id: tradeId });
    const full = await ask(jsonPost(`${config.baseUrl}/api/v1/pay/info`, body), tradeId, { config, transport });
    if (full.ok || full.error !== "no_route") return full;
  }
  const bare = await ask({ url: `${config.baseUrl}/pay/check-status/${tradeId}` }, tradeId, { config, transport });
  if (!bare.ok || bare.value.status !== "2" || config.flavour !== "gmpay") return bare;
  // Paid: the cashier's own question tells for how much.
  const url = `${config.baseUrl}/pay/checkout-counter-resp/${tradeId}`;
  const full = await ask({ url }, tradeId, { config, transport });
  return full.ok ? ok({ ...full.value, status: bare.value.status }) : full;
}

async function ask(
  request: GatewayRequest,
  tradeId: string,
  { config, transport }: { config: EpusdtConfig; transport: Transport },
): Promise<Result<TradeState, Failure>> {
  const reply = await askJson(transport, request);
  if (!reply.ok) return reply;
  return readTradeReply(reply.value, tradeId, config);
}

/** Judges a reply about a trade. Pure, and a value for every JSON. */
export function readTradeReply(
  { status, json }: { readonly status: number; readonly json: unknown },
  tradeId: string,
  config: EpusdtConfig,
): Result<TradeState, Failure> {
  const envelope = Envelope.safeParse(json);
  if (envelope.success && envelope.data.status_code !== "200") {
    const { status_code: code, message } = envelope.data;
    return err(code === "10008" || isAbsent(message ?? "") ? "absent" : "unreadable");
  }
  if (status === 404 || status === 405) return err("no_route");
  if (status !== 200) return err("http_status");
  // BEpusdt answers the question for the bare status without an envelope.
  const state = State.safeParse(envelope.success ? envelope.data.data : json);
  if (!state.success) return err("unreadable");
  if (state.data.trade_id !== tradeId) return err("other_order");
  const amount = amountOf(state.data, config);
  return amount.ok
    ? ok({
        status: state.data.status,
        orderId: state.data.order_id ?? null,
        amount: amount.value,
        evidence: evidenceOf(state.data),
      })
    : amount;
}

/** The price in the currency the server names, which may be another than ours: that is for the order to judge. */
function amountOf(state: State, config: EpusdtConfig): Result<Money | null, "bad_amount"> {
  const text = state.money ?? state.amount;
  if (text == null) return ok(null);
  // "currency" is the coin at BEpusdt, and the price's currency at the other.
  const fiat = config.flavour === "gmpay" ? state.currency : state.fiat;
  const currency = fiat ? currencyOf(fiat) : config.currency;
  const amount = currency ? parseDecimal(text, currency) : null;
  return amount?.ok ? amount : err("bad_amount");
}

const EVIDENCE = [
  ...["trade_id", "order_id", "status", "money", "amount", "actual_amount", "fiat", "currency", "network"],
  ...["token", "receive_address", "trade_hash", "trade_url"],
] as const;

/** Only the fields we know. */
const evidenceOf = (state: State): Pair[] =>
  EVIDENCE.flatMap((name): Pair[] => {
    const value = state[name];
    return typeof value === "string" && value !== "" ? [[name, value.slice(0, 500)]] : [];
  });

/** Cancels a trade at BEpusdt. A refusal says only that it does not wait any more, so the server is asked what it does instead. */
export async function closePayment(
  payment: PaymentRef,
  config: EpusdtConfig,
  transport: Transport,
): Promise<CloseAnswer> {
  const { gatewayTradeNo: tradeId } = payment;
  if (tradeId === null) return unknown("not_askable");
  if (!TRADE_ID.test(tradeId)) return unknown("unreadable");
  const body = signedBody([textField("trade_id", tradeId)], config);
  const reply = await askJson(transport, jsonPost(`${config.baseUrl}/api/v1/order/cancel-transaction`, body));
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status === 404) return { state: "unsupported" };
  const envelope = Envelope.safeParse(reply.value.json);
  if (!envelope.success) return unknown(reply.value.status === 200 ? "unreadable" : "http_status");
  if (envelope.data.message?.includes("签名")) return unknown("credentials_refused");
  const cancelled = z.looseObject({ trade_id: z.literal(tradeId) }).safeParse(envelope.data.data);
  if (envelope.data.status_code === "200") return cancelled.success ? { state: "closed" } : unknown("unreadable");
  return whyNotClosed(payment, config, transport);
}

async function whyNotClosed(payment: PaymentRef, config: EpusdtConfig, transport: Transport): Promise<CloseAnswer> {
  const asked = await askTrade(payment.gatewayTradeNo ?? "", config, transport);
  if (!asked.ok) return asked.error === "absent" ? { state: "not_created" } : unknown(reasonOf(asked.error));
  if (asked.value.status === "2") return { state: "already_paid" };
  // Confirming: the coins are on their way, and nobody can call them back.
  return /^[346]$/.test(asked.value.status) ? { state: "closed" } : unknown("held");
}

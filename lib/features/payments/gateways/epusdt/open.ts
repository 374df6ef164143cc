import { z } from "zod";
import { parseDecimal } from "@/lib/kernel/money";
import { unknown } from "../answers";
import { isChainAddress, isCoinAmount } from "../chain-address";
import { type JsonField, numberField, shortestDecimal, textField } from "../flat-json";
import { httpUrlOf } from "../http-url";
import { askJson, jsonPost } from "../json-reply";
import type { OpenAnswer, OpenInput } from "../port";
import { Printed } from "../printed-json";
import type { Transport } from "../transport";
import { coinOf, signedBody, TRADE_ID } from "./codec";
import { currencyOf, type EpusdtConfig } from "./settings";

/** The bounds that every BEpusdt keeps; outside them it takes a time of its own. */
const TIMEOUT_SECONDS = { min: 180, max: 3_600 } as const;

export const CREATE_PATH = {
  bepusdt: "/api/v1/order/create-transaction",
  classic: "/api/v1/order/create-transaction",
  gmpay: "/payments/gmpay/v1/order/create-transaction",
} as const;

export const Envelope = z.looseObject({
  status_code: Printed,
  message: z.string().max(2_000).nullish(),
  data: z.unknown().optional(),
});
const Created = z.looseObject({
  trade_id: z.string().regex(TRADE_ID),
  order_id: z.string(),
  amount: Printed,
  actual_amount: Printed,
  token: z.string().max(200),
  receive_address: z.string().max(200).nullish(),
  status: Printed.nullish(),
  fiat: z.string().nullish(),
  currency: z.string().nullish(),
  trade_type: z.string().nullish(),
  payment_url: z.string().max(2_000).nullish(),
});
type Created = z.infer<typeof Created>;

const refused = (code: string): OpenAnswer => ({ state: "refused", code });

/** The members of a request for a new trade. Nothing of the buyer is in it, and no text that anybody typed. */
export function createFields(input: OpenInput, config: EpusdtConfig, now: number): readonly JsonField[] {
  const method = methodOf(input, config);
  const common = [
    textField("order_id", input.outTradeNo),
    numberField("amount", shortestDecimal(input.amount)),
    textField("notify_url", input.notifyUrl),
    textField("redirect_url", input.returnUrl),
  ];
  if (config.flavour === "classic") return common;
  if (config.flavour === "gmpay") {
    const { coin, network } = coinOf(method, config.flavour);
    return [
      textField("pid", config.pid ?? ""),
      textField("currency", config.currency.toLowerCase()),
      textField("token", coin.toLowerCase()),
      textField("network", network.toLowerCase()),
      ...common,
    ];
  }
  const seconds = Math.ceil((input.expiresAt - now) / 1_000);
  const timeout = Math.min(Math.max(seconds, TIMEOUT_SECONDS.min), TIMEOUT_SECONDS.max);
  return [
    ...common,
    textField("fiat", config.currency),
    textField("trade_type", method),
    numberField("timeout", String(timeout)),
  ];
}

const methodOf = ({ method }: Pick<OpenInput, "method">, { tradeTypes }: EpusdtConfig): string =>
  method ?? tradeTypes[0] ?? "";

/**
 * Asks for the address and the exact amount of coin. Asked again for one attempt, BEpusdt answers with the same trade, though
 * perhaps with another amount; the other two refuse (10002), as the number is taken and they do not tell by what. So what was
 * opened is kept by the caller; a lost answer costs the attempt, never a second payment.
 */
export async function openPayment(input: OpenInput, config: EpusdtConfig, transport: Transport): Promise<OpenAnswer> {
  const body = signedBody(createFields(input, config, transport.now()), config);
  const reply = await askJson(transport, jsonPost(config.baseUrl + CREATE_PATH[config.flavour], body));
  if (!reply.ok) return unknown(reply.error);
  // Refusals come with 400 and 401, and with 200 from BEpusdt: the code inside is what counts.
  if (![200, 400, 401].includes(reply.value.status)) return unknown("http_status");
  return readCreateReply(reply.value, input, config);
}

/** Judges a reply to the request for a trade. Pure, and a value for every JSON. */
export function readCreateReply(
  { status, json }: { readonly status: number; readonly json: unknown },
  input: OpenInput,
  config: EpusdtConfig,
): OpenAnswer {
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return unknown(status === 200 ? "unreadable" : "http_status");
  const { status_code: code, message } = envelope.data;
  if (code !== "200") return refusalOf(code, message ?? "");
  const created = Created.safeParse(envelope.data.data);
  if (status !== 200 || !created.success) return unknown("unreadable");
  return readCreated(created.data, input, config);
}

/** BEpusdt has one code for everything, so its word about the signature is read. No room for another amount passes by itself. */
function refusalOf(code: string, message: string): OpenAnswer {
  if (code === "401" || message.includes("签名")) return unknown("credentials_refused");
  if (code === "10005") return unknown("gateway_busy");
  return /^[0-9]{1,8}$/.test(code) ? refused(code) : unknown("unreadable");
}

function readCreated(created: Created, input: OpenInput, config: EpusdtConfig): OpenAnswer {
  if (created.order_id !== input.outTradeNo) return unknown("other_order");
  const method = methodOf(input, config);
  if (!isWhatWasAsked(created, input, { method, config })) return unknown("bad_amount");
  // Money is there, or on its way: showing the address again would ask for it twice.
  if (created.status === "2" || created.status === "5") return refused("already_paid");
  if (created.status != null && created.status !== "1") return refused("closed");
  const { coin, network } = coinOf(method, config.flavour);
  const address = config.flavour === "gmpay" ? (created.receive_address ?? "") : created.token;
  if (!isChainAddress(address, network) || !isCoinAmount(created.actual_amount)) return unknown("unreadable");
  const url = httpUrlOf(created.payment_url ?? "", config.baseUrl);
  return {
    state: "opened",
    opened: {
      presentation: {
        kind: "address",
        text: address,
        network,
        payable: created.actual_amount,
        payableCurrency: coin,
        ...(url === null ? {} : { url }),
      },
      gatewayTradeNo: created.trade_id,
      // Seconds left here, a time in seconds there, in milliseconds elsewhere: our own deadline is the one that counts.
      closesAt: null,
    },
  };
}

/** The price, its currency and the coin, wherever the server repeats them. */
function isWhatWasAsked(
  created: Created,
  { amount }: OpenInput,
  { method, config }: { method: string; config: EpusdtConfig },
): boolean {
  const echoed = parseDecimal(created.amount, amount.currency);
  if (!echoed.ok || echoed.value.amountMinor !== amount.amountMinor) return false;
  // "currency" is the price's at GMWalletApp, and the coin wherever BEpusdt tells it.
  const fiat = config.flavour === "gmpay" ? created.currency : created.fiat;
  if (fiat && currencyOf(fiat) !== amount.currency) return false;
  if (config.flavour === "gmpay") return created.token.toUpperCase() === coinOf(method, config.flavour).coin;
  return !created.trade_type || created.trade_type === method;
}

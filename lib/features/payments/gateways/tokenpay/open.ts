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
import { ORDER_ID, signedBody } from "./codec";
import { baseCurrencyOf, type TokenpayConfig } from "./settings";

const Reply = z.looseObject({
  success: z.boolean(),
  message: z.string().max(2_000).nullish(),
  /** The address of the server's cashier. */
  data: z.string().max(2_000).nullish(),
  info: z.unknown().optional(),
});
const NAME = /^[A-Za-z0-9 ._-]{1,32}$/;
const Info = z.looseObject({
  Id: z.string().regex(ORDER_ID),
  OutOrderId: z.string(),
  /** Coins. */
  Amount: Printed,
  /** The price. */
  ActualAmount: Printed,
  ToAddress: z.string().max(200),
  BaseCurrency: z.string().nullish(),
  BlockChainName: z.string().regex(NAME),
  CurrencyName: z.string().regex(NAME),
});
type Info = z.infer<typeof Info>;

/**
 * The members of a request for a new order. The "user" of each order is the order itself: so no buyer is named, and a server that
 * gives each user an address gives each order one, where no other order's coins can arrive.
 */
export const createFields = (input: OpenInput, config: TokenpayConfig): readonly JsonField[] => [
  textField("OutOrderId", input.outTradeNo),
  textField("OrderUserKey", input.outTradeNo),
  numberField("ActualAmount", shortestDecimal(input.amount)),
  textField("Currency", methodOf(input, config)),
  textField("NotifyUrl", input.notifyUrl),
  textField("RedirectUrl", input.returnUrl),
];

const methodOf = ({ method }: Pick<OpenInput, "method">, { tradeTypes }: TokenpayConfig): string =>
  method ?? tradeTypes[0] ?? "";

/**
 * Asks for the address and the exact amount of coin. Asked again for one attempt the server shows the same order, until that has
 * expired there; then it would begin a second one, so what was opened is kept by the caller.
 */
export async function openPayment(input: OpenInput, config: TokenpayConfig, transport: Transport): Promise<OpenAnswer> {
  const body = signedBody(createFields(input, config), config);
  const reply = await askJson(transport, jsonPost(`${config.baseUrl}/CreateOrder`, body));
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status !== 200) return unknown("http_status");
  return readCreateReply(reply.value.json, input, config);
}

/** Judges a reply to the request for an order. Pure, and a value for every JSON. */
export function readCreateReply(json: unknown, input: OpenInput, config: TokenpayConfig): OpenAnswer {
  const reply = Reply.safeParse(json);
  if (!reply.success) return unknown("unreadable");
  const { success, message, data, info } = reply.data;
  // The server has no codes, only sentences.
  if (!success)
    return message?.includes("签名") ? unknown("credentials_refused") : { state: "refused", code: "refused" };
  const url = httpUrlOf(data ?? "", config.baseUrl);
  const created = Info.safeParse(info);
  if (created.success) return readInfo(created.data, url, { input, config });
  // Servers before 2023 tell the cashier's address and nothing else.
  const id = url === null ? null : new URL(url).searchParams.get("Id");
  if (info != null || url === null || id === null || !ORDER_ID.test(id)) return unknown("unreadable");
  return {
    state: "opened",
    opened: { presentation: { kind: "redirect", url }, gatewayTradeNo: id, closesAt: null },
  };
}

function readInfo(
  info: Info,
  url: string | null,
  { input, config }: { input: OpenInput; config: TokenpayConfig },
): OpenAnswer {
  if (info.OutOrderId !== input.outTradeNo) return unknown("other_order");
  const currency = info.BaseCurrency == null ? config.currency : baseCurrencyOf(info.BaseCurrency);
  const price = parseDecimal(info.ActualAmount, input.amount.currency);
  const isOurs = currency === input.amount.currency && price.ok && price.value.amountMinor === input.amount.amountMinor;
  if (!isOurs) return unknown("bad_amount");
  if (!isChainAddress(info.ToAddress, info.BlockChainName) || !isCoinAmount(info.Amount)) return unknown("unreadable");
  return {
    state: "opened",
    opened: {
      presentation: {
        kind: "address",
        text: info.ToAddress,
        network: info.BlockChainName,
        payable: info.Amount,
        payableCurrency: info.CurrencyName,
        ...(url === null ? {} : { url }),
      },
      gatewayTradeNo: info.Id,
      // A local time without a zone; our own deadline is the one that counts.
      closesAt: null,
    },
  };
}

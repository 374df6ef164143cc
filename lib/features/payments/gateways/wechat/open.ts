import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import type { CreateInput, CreateRefusal, OpenAnswer, OpenedPayment, OpenInput, Presentation } from "../port";
import type { Transport } from "../transport";
import { callWechat, isRefusal, isYes, reasonOf, refusalCode } from "./call";
import { OUT_TRADE_NO, shanghaiInstant } from "./codec";
import type { WechatConfig, WechatProduct } from "./settings";

/** WeChat Pay counts fen in 32 bits. */
const AMOUNT_MINOR_MAX = 2_147_483_647n;
/** How long what is shown opens anything: a code two hours, a phone's page five minutes; some is left for clocks and for reading. */
const STALE_MS: Record<WechatProduct, number> = { native: 105 * 60_000, h5: 4 * 60_000 };

/** Every payment of WeChat Pay is made there first, so it is made when the buyer comes to pay. */
export function createPayment(input: CreateInput, config: WechatConfig): Result<Presentation, CreateRefusal> {
  assert(OUT_TRADE_NO.test(input.outTradeNo), "out_trade_no is ours");
  const refusal = whyNotPayable(input, { currency: "CNY", methods: config.products });
  if (refusal) return err(refusal);
  if (input.amount.amountMinor > AMOUNT_MINOR_MAX) return err("amount_out_of_range");
  return ok({ kind: "on_request" });
}

/**
 * Makes the payment. A repeat of the same number must be the same bytes, so they are a function of what is frozen with the
 * attempt; `time_expire` is our own deadline, after which nobody can pay.
 */
export async function openPayment(input: OpenInput, config: WechatConfig, transport: Transport): Promise<OpenAnswer> {
  const created = createPayment(input, config);
  if (!created.ok) return { state: "refused", code: created.error };
  const product = productFor(input, config.products);
  if (product === null) return { state: "refused", code: "method_unsupported" };
  const path = `/v3/pay/transactions/${product}`;
  const reply = await callWechat(
    { method: "POST", path, content: contentOf(input, product, config) },
    config,
    transport,
  );
  if (!reply.ok) return { state: "unknown", reason: reply.error };
  if (!isYes(reply.value)) {
    return isRefusal(reply.value)
      ? { state: "refused", code: refusalCode(reply.value) }
      : { state: "unknown", reason: reasonOf(reply.value) };
  }
  const presentation = readPresentation(reply.value.fields, input, config);
  if (!presentation) return { state: "unknown", reason: "unreadable" };
  const closesAt = Math.floor(input.expiresAt / 1_000) * 1_000;
  return {
    state: "opened",
    opened: { presentation, gatewayTradeNo: null, closesAt, staleAt: transport.now() + STALE_MS[product] },
  };
}

/** What the buyer chose, or what suits his device; the phone's page wants his address, and does not open inside WeChat. */
export function productFor(
  { method, device, clientIp }: Pick<OpenInput, "method" | "device" | "clientIp">,
  products: readonly WechatProduct[],
): WechatProduct | null {
  const isPossible = (product: WechatProduct) =>
    products.includes(product) && (product === "native" || clientIp !== undefined);
  const order: WechatProduct[] = device === "mobile" ? ["h5", "native"] : ["native", "h5"];
  return order.find((product) => isPossible(product) && (method === undefined || method === product)) ?? null;
}

const contentOf = (input: OpenInput, product: WechatProduct, { appid, mchid }: WechatConfig) => ({
  appid,
  mchid,
  description: `Order ${input.orderNumber}`,
  out_trade_no: input.outTradeNo,
  time_expire: shanghaiInstant(input.expiresAt),
  notify_url: input.notifyUrl,
  amount: { total: Number(input.amount.amountMinor), currency: "CNY" },
  ...(product === "h5" ? { scene_info: { payer_client_ip: input.clientIp, h5_info: { type: "Wap" } } } : {}),
});

const Native = z.looseObject({ code_url: z.string().regex(/^weixin:\/\/[\x21-\x7e]{1,300}$/) });
const H5 = z.looseObject({ h5_url: z.string().regex(/^https?:\/\/[\x21-\x7e]{1,1000}$/) });
const H5_HOST = /(^|\.)(tenpay\.com|weixin\.qq\.com)$/;

function readPresentation(
  fields: Readonly<Record<string, unknown>>,
  { returnUrl }: OpenInput,
  { endpoint }: WechatConfig,
): OpenedPayment["presentation"] | null {
  const native = Native.safeParse(fields);
  if (native.success) return { kind: "qrcode", text: native.data.code_url };
  const h5 = H5.safeParse(fields);
  if (!h5.success || !URL.canParse(h5.data.h5_url)) return null;
  const url = new URL(h5.data.h5_url);
  const isTheirs = url.protocol === "https:" && H5_HOST.test(url.hostname);
  if (!isTheirs && url.origin !== new URL(endpoint).origin) return null;
  url.searchParams.set("redirect_url", returnUrl);
  return { kind: "redirect", url: url.href };
}

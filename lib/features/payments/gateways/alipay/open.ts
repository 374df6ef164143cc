import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import type { CreateInput, CreateRefusal, OpenAnswer, OpenInput, Presentation } from "../port";
import { isLoopback } from "../raw-http";
import type { Transport } from "../transport";
import { callAlipay, isRefusal, queryOf, reasonOf, refusalCode } from "./call";
import { OUT_TRADE_NO, shanghaiTime, signedRequest } from "./codec";
import type { AlipayConfig, AlipayProduct } from "./settings";

/** A code opens nothing two hours after it was made; a quarter of an hour is left for clocks and for reading. */
const CODE_MS = 105 * 60_000;

const PRODUCT_CODES: Record<AlipayProduct, string> = {
  qr: "FACE_TO_FACE_PAYMENT",
  order_code: "QR_CODE_OFFLINE",
  page: "FAST_INSTANT_TRADE_PAY",
  wap: "QUICK_WAP_WAY",
};

/** Every way to pay at Alipay carries a time and a deadline, so it is made when the buyer comes to pay. */
export function createPayment(input: CreateInput, config: AlipayConfig): Result<Presentation, CreateRefusal> {
  assert(OUT_TRADE_NO.test(input.outTradeNo), "out_trade_no is ours");
  const refusal = whyNotPayable(input, { currency: "CNY", methods: config.products });
  if (refusal) return err(refusal);
  return ok({ kind: "on_request" });
}

/**
 * Makes the code to scan, or the signed address of Alipay's cashier. Alipay takes no money after our own deadline: an unscanned
 * code is no trade that could be closed, so its `time_expire` is the only thing that ends it. The same number is the same payment.
 */
export async function openPayment(input: OpenInput, config: AlipayConfig, transport: Transport): Promise<OpenAnswer> {
  const created = createPayment(input, config);
  if (!created.ok) return { state: "refused", code: created.error };
  const product = productFor(input, config.products);
  if (product === "page" || product === "wap") return openCashier(input, product, config, transport);
  return openCode(input, product, config, transport);
}

/** What the buyer chose, or what suits his device. WeChat's browser shows none of Alipay's pages. */
export function productFor(
  { method, device }: Pick<OpenInput, "method" | "device">,
  products: readonly AlipayProduct[],
): AlipayProduct {
  const isPhone = device === "mobile" || device === "alipay";
  const order: AlipayProduct[] = isPhone ? ["wap", "qr", "order_code", "page"] : ["qr", "order_code", "page", "wap"];
  const product = order.find((word) => (method === undefined ? products.includes(word) : word === method));
  assert(product !== undefined, "an account has a product");
  return product;
}

const contentOf = (input: OpenInput, product: AlipayProduct): Record<string, string> => ({
  out_trade_no: input.outTradeNo,
  total_amount: toDecimal(input.amount),
  subject: `Order ${input.orderNumber}`,
  product_code: PRODUCT_CODES[product],
  time_expire: shanghaiTime(input.expiresAt),
});

/** Alipay cuts what is under a second, as we do. */
const closesAtOf = ({ expiresAt }: OpenInput): number => Math.floor(expiresAt / 1_000) * 1_000;

function openCashier(
  input: OpenInput,
  product: "page" | "wap",
  config: AlipayConfig,
  transport: Transport,
): OpenAnswer {
  const { notifyUrl, returnUrl } = input;
  const content = { ...contentOf(input, product), ...(product === "wap" ? { quit_url: returnUrl } : {}) };
  const method = `alipay.trade.${product}.pay`;
  const pairs = signedRequest({ method, content, notifyUrl, returnUrl, now: transport.now() }, config);
  const url = `${config.endpoint}?${queryOf(pairs)}`;
  return {
    state: "opened",
    opened: { presentation: { kind: "redirect", url }, gatewayTradeNo: null, closesAt: closesAtOf(input) },
  };
}

const Code = z.looseObject({ out_trade_no: z.string(), qr_code: z.string() });

async function openCode(
  input: OpenInput,
  product: AlipayProduct,
  config: AlipayConfig,
  transport: Transport,
): Promise<OpenAnswer> {
  const { notifyUrl } = input;
  const request = { method: "alipay.trade.precreate", content: contentOf(input, product), notifyUrl };
  const reply = await callAlipay(request, config, transport);
  if (!reply.ok) return { state: "unknown", reason: reply.error };
  if (reply.value.code !== "10000") {
    return isRefusal(reply.value)
      ? { state: "refused", code: refusalCode(reply.value) }
      : { state: "unknown", reason: reasonOf(reply.value) };
  }
  const code = Code.safeParse(reply.value.fields);
  if (!code.success || !isCode(code.data.qr_code)) return { state: "unknown", reason: "unreadable" };
  if (code.data.out_trade_no !== input.outTradeNo) return { state: "unknown", reason: "other_order" };
  const text = code.data.qr_code;
  // Opened on the buyer's own phone the same address leads into Alipay.
  const presentation = { kind: "qrcode", text, url: text } as const;
  const staleAt = transport.now() + CODE_MS;
  return { state: "opened", opened: { presentation, gatewayTradeNo: null, closesAt: closesAtOf(input), staleAt } };
}

/** An address, and nothing that a page could be made to run. */
function isCode(text: string): boolean {
  if (text.length > 300 || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

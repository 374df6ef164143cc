import { toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import { httpUrlOf } from "../http-url";
import type { CreateInput, CreateRefusal, OpenAnswer, OpenInput, Pair, Presentation } from "../port";
import type { Transport } from "../transport";
import { GATEWAY_TRADE_NO } from "./codec";
import type { EpayConfig } from "./settings";
import { askSigned } from "./signed-reply";
import { signedPairs } from "./signing";

/** How long the second version takes a signed address for new. */
const SIGNED_ADDRESS_MS = 300_000;

/**
 * The signed way to EPay's cashier: a function of its arguments alone, so a replayed order shows the same. The second version
 * signs the time, so there it is made on request. No text of a user is in it; gateways escape, filter and cut such text.
 */
export function createPayment(input: CreateInput, config: EpayConfig): Result<Presentation, CreateRefusal> {
  const pairs = requestPairs(input, config);
  if (!pairs.ok) return pairs;
  const { baseUrl, profile, signing } = config;
  if (signing.mode === "RSA") return ok({ kind: "on_request" });
  const url = `${baseUrl}${profile.submitPath}?${queryOf(signedPairs(pairs.value, config))}`;
  return ok({ kind: "redirect", url });
}

/** What is asked for, in the protocol's own order of fields. */
function requestPairs(input: CreateInput, { pid, types, profile }: EpayConfig): Result<Pair[], CreateRefusal> {
  const refusal = whyNotPayable(input, { currency: "CNY", methods: types });
  if (refusal) return err(refusal);
  const type = input.method ?? (profile.needsType ? types[0] : undefined);
  const fits = (url: string): boolean => url.length <= (profile.urlLettersMax ?? url.length);
  const pairs: Pair[] = [
    ["pid", pid],
    ...(type === undefined ? [] : [["type", type] as const]),
    ["out_trade_no", input.outTradeNo],
    ...(fits(input.notifyUrl) ? [["notify_url", input.notifyUrl] as const] : []),
    ...(fits(input.returnUrl) ? [["return_url", input.returnUrl] as const] : []),
    ["name", `Order ${input.orderNumber}`],
    ["money", toDecimal(input.amount)],
    ...profile.extraFields,
  ];
  return ok(pairs.filter(([name]) => profile.signedFields?.has(name) ?? true));
}

export const queryOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();

/**
 * The way to pay by the second version. The same number again is the same payment there. With a chosen type the server is asked
 * for its own lasting address; where the buyer is to choose, he is sent along with a request signed for the next five minutes.
 */
export async function openPayment(input: OpenInput, config: EpayConfig, transport: Transport): Promise<OpenAnswer> {
  const pairs = requestPairs(input, config);
  if (!pairs.ok) return { state: "refused", code: pairs.error };
  const isChosen = pairs.value.some(([name]) => name === "type");
  if (config.signing.mode === "RSA" && isChosen && input.clientIp !== undefined)
    return createSigned(pairs.value, input, config, transport);
  const now = transport.now();
  const fields = signedPairs([...pairs.value, ["timestamp", String(Math.floor(now / 1000))]], config);
  const url = `${config.baseUrl}/api/pay/submit?${queryOf(fields)}`;
  const presentation = { kind: "redirect", url } as const;
  return {
    state: "opened",
    opened: { presentation, gatewayTradeNo: null, closesAt: null, staleAt: now + SIGNED_ADDRESS_MS },
  };
}

const DEVICES = { desktop: "pc", mobile: "mobile", wechat: "wechat", alipay: "alipay" } as const;

async function createSigned(
  pairs: readonly Pair[],
  { clientIp = "", device = "desktop" }: OpenInput,
  config: EpayConfig,
  transport: Transport,
): Promise<OpenAnswer> {
  // `pid` and `timestamp` are added by the asking; `jump` is the server's own page, which knows how to pay from every device.
  const request: Pair[] = [
    ...pairs.filter(([name]) => name !== "pid"),
    ["method", "jump"],
    ["device", DEVICES[device]],
    ["clientip", clientIp],
  ];
  const reply = await askSigned("/api/pay/create", request, config, transport);
  if (reply.state === "refused") return { state: "refused", code: reply.reason };
  if (reply.state === "unknown") return reply;
  return presented(reply.fields, config);
}

/** A page that the server wrote (`html`) is not shown: in our origin it could do what we can. */
function presented(fields: ReadonlyMap<string, string>, { baseUrl }: EpayConfig): OpenAnswer {
  const [type, way, tradeNo] = [fields.get("pay_type"), fields.get("pay_info") ?? "", fields.get("trade_no") ?? ""];
  if (!GATEWAY_TRADE_NO.test(tradeNo)) return { state: "unknown", reason: "unreadable" };
  const opened = (presentation: Exclude<Presentation, { kind: "on_request" }>): OpenAnswer => ({
    state: "opened",
    opened: { presentation, gatewayTradeNo: tradeNo, closesAt: null },
  });
  if (type === "jump") {
    const url = httpUrlOf(way, baseUrl);
    return url === null ? { state: "unknown", reason: "unreadable" } : opened({ kind: "redirect", url });
  }
  if (type === "qrcode" && /^[\x21-\x7e]{4,512}$/.test(way)) return opened({ kind: "qrcode", text: way });
  return type === undefined || way === ""
    ? { state: "unknown", reason: "unreadable" }
    : { state: "refused", code: "presentation_unsupported" };
}

import { err, ok, type Result } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import type {
  CheckFinding,
  CreateInput,
  CreateRefusal,
  GatewayAccount,
  OpenAnswer,
  OpenInput,
  PaymentGateway,
  Presentation,
  TestNotice,
} from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { ORDER_ID, PARAM, TYPES, type VmqMethod, vmqPrice, vmqSignature } from "./codec";
import { accountRefOf, readVmqNotice } from "./notice";
import { askVmq, closeVmq, queryVmq, VmqOrder } from "./query";
import { readVmqSettings, VMQ_FIELDS, type VmqConfig } from "./settings";

/** From ten million on, Java prints a double with an exponent, and the two sides would sign different texts. */
const AMOUNT_MINOR_MAX = 999_999_999n;
const TEST_PAY_ID = "KAPU-TEST-NOTICE";
const TIME_OUT_MINUTES_MAX = 1_440;

/** The way to pay is opened on request: the server chooses the amount that the buyer really pays, and tells its own number. */
function createPayment(input: CreateInput, config: VmqConfig): Result<Presentation, CreateRefusal> {
  const method = methodFor(input, config);
  return method.ok ? ok({ kind: "on_request" }) : method;
}

function methodFor(input: CreateInput, { types }: VmqConfig): Result<VmqMethod, CreateRefusal> {
  const refusal = whyNotPayable(input, { currency: "CNY", methods: types });
  if (refusal) return err(refusal);
  if (input.amount.amountMinor > AMOUNT_MINOR_MAX) return err("amount_out_of_range");
  const method = types.find((type) => input.method === undefined || type === input.method);
  return method ? ok(method) : err("method_unsupported");
}

/**
 * Opens the payment and sends the buyer to the server's own page, which shows the amount to pay: to the cent, since that is how the
 * payment is known. The server refuses a number that it has seen, so a lost answer costs the buyer a new attempt.
 */
async function openPayment(input: OpenInput, config: VmqConfig, transport: Transport): Promise<OpenAnswer> {
  const method = methodFor(input, config);
  if (!method.ok) return { state: "refused", code: method.error };
  const [type, price] = [TYPES[method.value], vmqPrice(input.amount)];
  const sign = vmqSignature([input.outTradeNo, PARAM, type, price], config.key.reveal());
  const reply = await askVmq(
    "/createOrder",
    {
      payId: input.outTradeNo,
      param: PARAM,
      type,
      price,
      notifyUrl: input.notifyUrl,
      returnUrl: input.returnUrl,
      isHtml: "0",
      sign,
    },
    config,
    transport,
  );
  if (reply.state === "unknown") return reply;
  if (reply.state === "refused") return { state: "refused", code: refusalCode(reply.message) };
  return readOpened(reply.data, input, config, transport.now());
}

const refusalCode = (message: string): string =>
  message.includes("签名") ? "credentials_refused" : message.includes("已存在") ? "order_exists" : "gateway_refused";

function readOpened(data: unknown, { outTradeNo }: OpenInput, { baseUrl }: VmqConfig, now: number): OpenAnswer {
  const order = VmqOrder.safeParse(data);
  if (!order.success || !ORDER_ID.test(order.data.orderId)) return { state: "unknown", reason: "unreadable" };
  if (order.data.payId !== outTradeNo) return { state: "unknown", reason: "other_order" };
  const minutes = Number(order.data.timeOut);
  const isTimed = Number.isInteger(minutes) && minutes > 0 && minutes <= TIME_OUT_MINUTES_MAX;
  return {
    state: "opened",
    opened: {
      presentation: { kind: "redirect", url: `${baseUrl}/payPage/pay.html?orderId=${order.data.orderId}` },
      gatewayTradeNo: order.data.orderId,
      closesAt: isTimed ? now + minutes * 60_000 : null,
    },
  };
}

async function selfCheck(
  config: VmqConfig,
  input: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const key = config.key.reveal();
  if (key.length < 16 || new Set(key).size < 6) findings.push("key_weak");
  if (isLoopback(new URL(input.notifyUrl)) && !isLoopback(new URL(config.baseUrl)))
    findings.push("notify_url_not_reachable");
  const t = String(input.transport.now());
  const reply = await askVmq("/getState", { t, sign: vmqSignature([t], key) }, config, input.transport);
  if (reply.state === "refused") findings.push("credentials_refused");
  // The phone that watches the wallet is what the server hears of payments by; while it is away nobody hears of any.
  else if (reply.state === "unknown" || !isWatched(reply.data)) findings.push("gateway_silent");
  return findings;
}

const isWatched = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "state" in data && String(data.state) === "1";

/** No attempt has this number (ours hold no hyphen), so the notice can pay for nothing. */
function testNotice(notifyUrl: string, { key, types }: VmqConfig): TestNotice {
  const values = {
    payId: TEST_PAY_ID,
    param: PARAM,
    type: TYPES[types[0] ?? "alipay"],
    price: "0.01",
    reallyPrice: "0.01",
  };
  const sign = vmqSignature(Object.values(values), key.reveal());
  const url = `${notifyUrl}?${new URLSearchParams({ ...values, sign })}`;
  return { method: "GET", url, headers: [], body: "", outTradeNo: TEST_PAY_ID };
}

const bind = (config: VmqConfig): GatewayAccount => ({
  kind: "vmq",
  accountRef: accountRefOf(config),
  methods: config.types,
  createPayment: (input) => createPayment(input, config),
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw) => readVmqNotice(raw, config),
  queryPayment: (payment, transport) => queryVmq(payment, config, transport),
  closePayment: (payment, transport) => closeVmq(payment, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  testNotice: (notifyUrl) => testNotice(notifyUrl, config),
  // The body must be this word and nothing else.
  ...plainAnswers("success"),
});

/** V免签 (VMQ): a phone that watches a private wallet. What is really paid differs from the price by a few cents. */
export const vmqGateway: PaymentGateway = {
  kind: "vmq",
  fields: VMQ_FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readVmqSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};

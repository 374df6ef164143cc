import { createHmac } from "node:crypto";
import type { GatewayAccount, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import vectors from "@/tests/fixtures/payment-vectors.json";

export const VECTOR = vectors.stripe;
export const LOCALSTRIPE = vectors.captured.localstripe;

export const SECRET = "whsec_test_secret_of_ours";
export const OLD_SECRET = "whsec_the_one_before_this";
export const NOW = 1_795_168_503_000;
export const NUMBER = "K0123456789ABCDEFGHJKMNPQRSTVWXY";
export const INTENT = "pi_3OaBcDeFgHiJkLmN0";

export const SETTINGS = {
  secretKey: "sk_test_51AbCdEfGhIjKlMnOpQrStUv",
  webhookSecrets: [SECRET, OLD_SECRET],
  methods: ["card", "alipay", "wechat_pay"],
};

export function accountWith(changes: Record<string, unknown> = {}): GatewayAccount {
  const opened = gatewayOf("stripe").openAccount({ ...SETTINGS, ...changes });
  if (!opened.ok) throw new Error(`refused: ${opened.error.join()}`);
  return opened.value;
}
export const account = accountWith();

/** A paid session, as a webhook and an answer show it. */
export const SESSION = {
  id: "cs_test_a1B2c3",
  object: "checkout.session",
  status: "complete",
  payment_status: "paid",
  livemode: false,
  client_reference_id: NUMBER as string | null,
  amount_total: 1999 as unknown,
  amount_subtotal: 1999,
  currency: "usd",
  mode: "payment",
  customer_details: { email: "buyer@example.com", name: "A Buyer" },
  metadata: { out_trade_no: NUMBER },
  payment_intent: INTENT as unknown,
  url: null as string | null,
  expires_at: 1_795_172_103,
};

export const eventOf = (type: string, object: unknown, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: "evt_1AbC",
    object: "event",
    api_version: "2026-10-28.endive",
    created: NOW / 1_000,
    livemode: false,
    type,
    data: { object },
    ...changes,
  });

/** Signed by hand, apart from the code under test. */
export const headerOf = (body: string | Uint8Array, { secret = SECRET, at = NOW / 1_000 } = {}): string =>
  `t=${at},v1=${createHmac("sha256", secret).update(`${at}.`).update(body).digest("hex")}`;

export const post = (body: string | Uint8Array, header: string | undefined): RawHttp => ({
  method: "POST",
  query: [],
  headers: [
    ["content-type", "application/json; charset=utf-8"],
    ...(header === undefined ? [] : [["stripe-signature", header] as const]),
  ],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

export const read = (raw: RawHttp, from: GatewayAccount = account, now = NOW) => from.readNotification(raw, now);

/** What a rightly signed event is read as. */
export const readEvent = (type: string, object: unknown, changes: Record<string, unknown> = {}) => {
  const body = eventOf(type, object, changes);
  return read(post(body, headerOf(body)));
};
export const readSession = (changes: Record<string, unknown> = {}, type = "checkout.session.completed") =>
  readEvent(type, { ...SESSION, ...changes });

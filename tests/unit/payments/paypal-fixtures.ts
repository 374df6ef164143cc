import { createPrivateKey, createSign, X509Certificate } from "node:crypto";
import { crc32 } from "node:zlib";
import type { GatewayAccount, NoticeSigner, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import vectors from "@/tests/fixtures/payment-vectors.json";
import certificates from "@/tests/fixtures/paypal-certificates.json";

export { certificates };
export const VECTOR = vectors.paypal;
export const VECTOR_KEY = vectors.keys.paypal;

export const WEBHOOK = "1JE4291016473214C";
export const NOW = Date.parse("2026-11-20T10:01:00Z");
export const NUMBER = "K0123456789ABCDEFGHJKMNPQRSTVWXY";
export const CAPTURE_ID = "3C679366HH908993F";

export const SETTINGS = {
  environment: "sandbox",
  clientId: "AZDxjDScFpQtjWTOUtWKbyN_bDt4OgqaF4eYXlewfBP4",
  clientSecret: "EGnHDxD_qRPdaLdZz8iCr8N7_MzF-YHPTkjs6NKYQvQS",
  webhookId: WEBHOOK,
};

export function accountWith(changes: Record<string, unknown> = {}): GatewayAccount {
  const opened = gatewayOf("paypal").openAccount({ ...SETTINGS, ...changes });
  if (!opened.ok) throw new Error(`refused: ${opened.error.join()}`);
  return opened.value;
}
export const account = accountWith();

export const signer: NoticeSigner = {
  key: new X509Certificate(certificates.leaf).publicKey,
  validFrom: Date.parse("2020-01-01T00:00:00Z"),
  validTo: Date.parse("2120-01-01T00:00:00Z"),
};

export const CAPTURE = {
  id: CAPTURE_ID,
  status: "COMPLETED",
  amount: { currency_code: "USD", value: "19.99" } as unknown,
  custom_id: NUMBER as string | null,
  invoice_id: NUMBER,
  final_capture: true,
  supplementary_data: { related_ids: { order_id: "5O190127TN364715T" } },
};

export const eventOf = (type: string, resource: unknown, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({ id: "WH-1", create_time: "2026-11-20T10:00:00Z", event_type: type, resource, ...changes });

interface Signing {
  readonly key?: string;
  readonly time?: string;
  readonly webhookId?: string;
  readonly certificateUrl?: string;
}

export const CERTIFICATE_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77";

/** Signed by hand, apart from the code under test. */
export function headersOf(body: string | Uint8Array, signing: Signing = {}): [string, string][] {
  const { key = certificates.leafKey, time = "2026-11-20T10:00:00Z", webhookId = WEBHOOK } = signing;
  const id = "69cd13f0-d67a-11e5-baa3-778b53f4ae55";
  const text = `${id}|${time}|${webhookId}|${crc32(body)}`;
  const signature = createSign("RSA-SHA256").update(text).sign(createPrivateKey(key), "base64");
  return [
    ["content-type", "application/json"],
    ["paypal-auth-algo", "SHA256withRSA"],
    ["paypal-cert-url", signing.certificateUrl ?? CERTIFICATE_URL],
    ["paypal-transmission-id", id],
    ["paypal-transmission-sig", signature],
    ["paypal-transmission-time", time],
  ];
}

export const post = (body: string | Uint8Array, headers: readonly (readonly [string, string])[]): RawHttp => ({
  method: "POST",
  query: [],
  headers,
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

export const read = (raw: RawHttp, by: NoticeSigner | null = signer, now = NOW) =>
  account.readNotification(raw, now, by);

/** What a rightly signed event is read as. */
export const readEvent = (type: string, resource: unknown) => {
  const body = eventOf(type, resource);
  return read(post(body, headersOf(body)));
};
export const readCapture = (changes: Record<string, unknown> = {}, type = "PAYMENT.CAPTURE.COMPLETED") =>
  readEvent(type, { ...CAPTURE, ...changes });

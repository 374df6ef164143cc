import { signedBody } from "@/lib/features/payments/gateways/epusdt/codec";
import { type EpusdtConfig, readSettings } from "@/lib/features/payments/gateways/epusdt/settings";
import { type JsonField, numberField, textField } from "@/lib/features/payments/gateways/flat-json";
import type { GatewayAccount, OpenInput, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { Secret } from "@/lib/kernel/secret";
import vectors from "@/tests/fixtures/payment-vectors.json";

export { vectors };

export const TOKEN = "a-token-of-32-letters-for-testing";
export const SETTINGS = {
  bepusdt: {
    flavour: "bepusdt",
    baseUrl: "https://usdt.example",
    token: TOKEN,
    tradeTypes: ["usdt.trc20", "tron.trx"],
  },
  gmpay: { flavour: "gmpay", baseUrl: "https://usdt.example", token: TOKEN, pid: "1000" },
  classic: { flavour: "classic", baseUrl: "https://usdt.example", token: TOKEN },
} as const;
export type Flavour = keyof typeof SETTINGS;

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const configOf = (flavour: Flavour, changes: object = {}): EpusdtConfig =>
  must(readSettings({ ...SETTINGS[flavour], ...changes }));
export const accountOf = (flavour: Flavour, changes: object = {}): GatewayAccount =>
  must(gatewayOf("epusdt").openAccount({ ...SETTINGS[flavour], ...changes }));
export const withToken = (token: string): EpusdtConfig => ({ ...configOf("bepusdt"), token: new Secret(token) });

/** JSON members of a plain object: a number with the letters JavaScript prints, `undefined` left out. */
export const fieldsOf = (members: Readonly<Record<string, string | number | undefined>>): JsonField[] =>
  Object.entries(members).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [typeof value === "number" ? numberField(name, String(value)) : textField(name, value)];
  });

export const ADDRESS = "TNEns8t9jbWENbStkQdVQtHMGpbsYsQjZK";
export const OUT_TRADE_NO = "K7R2M9XQ4T8WZ1YB3N6C5D0FGHJKPSVA";
export const TRADE_ID = "b3d2477c-d945-41da-96b7-f925bbd1b415";

/** The members of a true notice of 10.00 yuan. */
export const NOTICE = {
  trade_id: TRADE_ID,
  order_id: OUT_TRADE_NO,
  amount: 10,
  actual_amount: "1.43",
  token: ADDRESS,
  block_transaction_id: "12ef6267b42e43959795cf31808d0cc72b3d0a48953ed19c61d4b6665a341d10",
  status: 2,
} as const;
type Changes = Readonly<Record<string, string | number | undefined>>;

/** A notice's body, rightly signed whatever its members say. */
export const signed = (changes: Changes = {}, config: EpusdtConfig = configOf("bepusdt")): string =>
  signedBody(fieldsOf({ ...NOTICE, ...changes }), config);

export const post = (body: string | Uint8Array, contentType = "application/json"): RawHttp => ({
  method: "POST",
  query: [],
  headers: [["content-type", contentType]],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

export const OPEN: OpenInput = {
  outTradeNo: OUT_TRADE_NO,
  amount: money(1000n, "CNY"),
  orderNumber: "261121-ABCDE-FGHJK",
  notifyUrl: "https://shop.example/api/pay/epusdt/usdt",
  returnUrl: "https://shop.example/zh/orders/ord_1/pay",
  expiresAt: 1_900_000_900_000,
};
export const NOW = 1_900_000_000_000;

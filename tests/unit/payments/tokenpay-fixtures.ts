import { type JsonField, numberField, textField } from "@/lib/features/payments/gateways/flat-json";
import type { GatewayAccount, OpenInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { signedBody } from "@/lib/features/payments/gateways/tokenpay/codec";
import { readSettings, type TokenpayConfig } from "@/lib/features/payments/gateways/tokenpay/settings";
import { money } from "@/lib/kernel/money";
import { Secret } from "@/lib/kernel/secret";
import { fieldsOf, OUT_TRADE_NO, post } from "./epusdt-fixtures";

export { fieldsOf, OUT_TRADE_NO, post };
export const TOKEN = "a-token-of-32-letters-for-testing";
export const SETTINGS = { baseUrl: "https://token.example", token: TOKEN, tradeTypes: ["USDT_TRC20", "TRX"] };
export const ID = "63234df7-55bf-93fc-0010-67be493c0c27";
export const ADDRESS = "TKGTx4pCKiKQbk8evXHTborfZn754TGViP";

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const configOf = (changes: object = {}): TokenpayConfig => must(readSettings({ ...SETTINGS, ...changes }));
export const accountOf = (changes: object = {}): GatewayAccount =>
  must(gatewayOf("tokenpay").openAccount({ ...SETTINGS, ...changes }));
export const withToken = (token: string): TokenpayConfig => ({ ...configOf(), token: new Secret(token) });

/** The members of a true notice of 10.00 yuan, as the server sends them: texts, but for the two small numbers. */
export const NOTICE: readonly JsonField[] = [
  textField("ActualAmount", "10"),
  textField("Amount", "1.43"),
  textField("BaseCurrency", "CNY"),
  textField("BlockChainName", "TRON"),
  textField("BlockTransactionId", "375859c36dc5f5d227b10912b5ec70d36dd34446028064956cb60cdbb74432f5"),
  textField("Currency", "USDT_TRC20"),
  textField("CurrencyName", "USDT"),
  textField("FromAddress", "TYYjzt6AWhe9hAg9DrhiYXEWKDksyohgQa"),
  textField("Id", ID),
  numberField("IsDynamicAmount", "0"),
  textField("OrderUserKey", OUT_TRADE_NO),
  textField("OutOrderId", OUT_TRADE_NO),
  textField("PayAmount", "1.43"),
  textField("PayTime", "2026-11-20 16:08:39"),
  numberField("Status", "1"),
  textField("ToAddress", ADDRESS),
];

/** A notice's body with some members changed, added, or (undefined) left out; rightly signed whatever they say. */
export function signed(
  changes: Readonly<Record<string, string | number | undefined>> = {},
  config = configOf(),
): string {
  const kept = NOTICE.filter(({ name }) => !Object.hasOwn(changes, name));
  return signedBody([...kept, ...fieldsOf(changes)], config);
}

export const OPEN: OpenInput = {
  outTradeNo: OUT_TRADE_NO,
  amount: money(1000n, "CNY"),
  orderNumber: "261121-ABCDE-FGHJK",
  notifyUrl: "https://shop.example/api/pay/tokenpay/tp",
  returnUrl: "https://shop.example/zh/orders/ord_1/pay",
  expiresAt: 1_900_000_900_000,
};

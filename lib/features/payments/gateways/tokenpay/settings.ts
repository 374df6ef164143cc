import { z } from "zod";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { JSON_SIGNATURES, type JsonSignature } from "../json-signature";
import type { SettingsProblem } from "../port";
import { baseUrlField, parseSettings, sharedKeyField } from "../settings-fields";

/** One account at one TokenPay server, checked. */
export interface TokenpayConfig {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: Secret;
  readonly algorithm: JsonSignature;
  /** The server's `BaseCurrency`. */
  readonly currency: Currency;
  /** What a buyer may pay with, in the server's words (`USDT_TRC20`); the first one is taken when he does not choose. */
  readonly tradeTypes: readonly string[];
}

export const TOKENPAY_CURRENCIES = ["CNY", "USD", "EUR", "HKD"] as const;
export const TRADE_TYPE = /^[A-Z0-9][A-Z0-9_]{1,47}$/;

const TokenpaySettings = z.strictObject({
  baseUrl: baseUrlField(/\/*(\/(CreateOrder|Query))?\/*$/i),
  token: sharedKeyField("token"),
  algorithm: z.enum(JSON_SIGNATURES).default("md5"),
  currency: z.enum(TOKENPAY_CURRENCIES).default("CNY"),
  tradeTypes: z
    .array(z.string().trim().regex(TRADE_TYPE))
    .max(16)
    .default([])
    .transform((types) => (types.length > 0 ? types : ["USDT_TRC20"])),
});

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export const readSettings = (settings: unknown): Result<TokenpayConfig, readonly SettingsProblem[]> =>
  parseSettings(TokenpaySettings, settings);

/** A price's currency by its name, if the shop can count in it. */
export const baseCurrencyOf = (text: string): Currency | null => CURRENCIES.find((name) => name === text) ?? null;

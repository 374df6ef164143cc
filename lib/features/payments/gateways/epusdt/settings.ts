import { z } from "zod";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { JSON_SIGNATURES, type JsonSignature } from "../json-signature";
import type { SettingsProblem } from "../port";
import { baseUrlField, parseSettings, sharedKeyField } from "../settings-fields";

/**
 * Which server of the family it is.
 * - bepusdt: v03413/BEpusdt, many chains, can be asked with the amount, can cancel
 * - gmpay: GMWalletApp/epusdt, merchants with a number of their own, other paths, one single notice by default
 * - classic: assimon/epusdt and its forks, USDT on TRON and yuan only
 */
export const EPUSDT_FLAVOURS = ["bepusdt", "gmpay", "classic"] as const;
/** What BEpusdt can price in; the classic server knows only yuan. */
export const EPUSDT_CURRENCIES = ["CNY", "USD", "EUR", "JPY"] as const;
export type EpusdtFlavour = (typeof EPUSDT_FLAVOURS)[number];

/** One account at one server of the epusdt family, checked. */
export interface EpusdtConfig {
  readonly flavour: EpusdtFlavour;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The merchant's number; null where the server has only one merchant. */
  readonly pid: string | null;
  readonly token: Secret;
  readonly algorithm: JsonSignature;
  /** What orders are priced in; the server's notices do not say. */
  readonly currency: Currency;
  /** What a buyer may pay with, `usdt.trc20` or `usdt.tron`; the first one is taken when he does not choose. */
  readonly tradeTypes: readonly string[];
}

/** The tokens of the manuals and of the sample configurations. */
const PUBLISHED_TOKENS = new Set(["epusdt_password_xasddawqe", "epusdt_secret_key"]);
/** Operators paste the whole address of the interface. */
const PATHS = /\/*((\/api|\/payments\/gmpay)\/v1\/order(\/create-(transaction|order))?)?\/*$/;

const TRADE_TYPE = /^[a-z0-9]{2,12}\.[a-z0-9]{2,16}$/;
const DEFAULT_TRADE_TYPES = { bepusdt: "usdt.trc20", gmpay: "usdt.tron", classic: "usdt.trc20" } as const;

const problem = (code: SettingsProblem): SettingsProblem => code;

const Settings = z.strictObject({
  flavour: z.enum(EPUSDT_FLAVOURS),
  baseUrl: baseUrlField(PATHS),
  pid: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{0,64}$/)
    .default(""),
  token: sharedKeyField("token", PUBLISHED_TOKENS),
  algorithm: z.enum(JSON_SIGNATURES).default("md5"),
  currency: z.enum(EPUSDT_CURRENCIES).default("CNY"),
  tradeTypes: z.array(z.string().trim().regex(TRADE_TYPE)).max(16).default([]),
});

/** Fields that only one flavour has. What a hidden field of the form still holds is dropped, what is needed is asked for. */
const EpusdtSettings = Settings.superRefine(({ flavour, pid, currency, tradeTypes }, context) => {
  const refuse = (field: string, message: SettingsProblem) =>
    context.addIssue({ code: "custom", path: [field], message });
  if (flavour === "gmpay" && pid === "") refuse("pid", problem("pid_missing"));
  if (flavour !== "classic") return;
  if (currency !== "CNY") refuse("currency", problem("currency_malformed"));
  if (tradeTypes.some((type) => type !== DEFAULT_TRADE_TYPES.classic)) {
    refuse("tradeTypes", problem("trade_types_malformed"));
  }
}).transform(
  (settings): EpusdtConfig => ({
    ...settings,
    pid: settings.flavour === "gmpay" ? settings.pid : null,
    algorithm: settings.flavour === "gmpay" ? settings.algorithm : "md5",
    tradeTypes: settings.tradeTypes.length > 0 ? settings.tradeTypes : [DEFAULT_TRADE_TYPES[settings.flavour]],
  }),
);

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export const readSettings = (settings: unknown): Result<EpusdtConfig, readonly SettingsProblem[]> =>
  parseSettings(EpusdtSettings, settings);

/** A currency by its ISO name in either case, if the shop can count in it. */
export const currencyOf = (text: string): Currency | null =>
  CURRENCIES.find((currency) => currency === text.toUpperCase()) ?? null;

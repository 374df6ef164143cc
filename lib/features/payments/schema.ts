import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import { GATEWAY_KINDS } from "./gateways/port";
import type { SentValue } from "./settings-form";

export const FEE_BEARERS = ["shop", "merchant", "buyer"] as const;

/** What the form calls the fields of the gateway's own settings. */
export const SETTING = "settings.";

const SLUG = /^[a-z0-9][a-z0-9-]{0,31}$/;
const Title = z.string().trim().min(1, { message: "required" }).max(60, { message: "too_long" });
const Switch = z
  .enum(["on"])
  .optional()
  .transform((value) => value === "on");
/** Judged where the currency is known. */
const Amount = z.string().trim().max(20).default("");
const Setting = z.string().max(limits.settingLettersMax);
const Sent = z.union([Setting, z.array(Setting).max(64)]);

const OWN = {
  id: z.string().trim().regex(SLUG, { message: "account_malformed" }),
  /** Of the row that the form was made from; empty for a new account. */
  version: z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1)]),
  kind: z.enum(GATEWAY_KINDS),
  merchantId: z.union([z.literal("").transform(() => null), z.uuid()]).default(null),
  titleZh: Title,
  titleEn: Title,
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]).optional(),
  isActive: Switch,
  way: z
    .union([z.literal("").transform(() => null), z.string().trim().regex(SLUG, { message: "way_malformed" })])
    .default(null),
  weight: z.coerce
    .number({ message: "not_a_number" })
    .int({ message: "not_a_number" })
    .min(0, { message: "out_of_range" })
    .max(limits.accountWeightMax, { message: "out_of_range" })
    .default(10),
  /** Percent with two places, so ten-thousandths. */
  feePercent: z
    .string()
    .trim()
    .regex(/^(\d{1,2}(\.\d{1,2})?|100(\.00?)?)?$/, { message: "percent_malformed" })
    .default(""),
  feeFixed: Amount,
  feeBearer: z.enum(FEE_BEARERS).default("shop"),
  amountMin: Amount,
  amountMax: Amount,
  dayMax: Amount,
};
type Own = { readonly [Name in keyof typeof OWN]: z.output<(typeof OWN)[Name]> };

/** "0.6" is 60 ten-thousandths, without a float on the way. */
function rateOf(percent: string): number {
  const [whole = "0", places = ""] = percent.split(".");
  return Number(whole || "0") * 100 + Number(places.padEnd(2, "0"));
}

/** An account as its form sends it; the settings of its kind are under `sent`, for the kind's own fields to read. */
export const GatewayAccountForm = z.looseObject(OWN).transform((form, context): GatewayAccountForm => {
  const { feePercent, ...own } = form as Own;
  const sent: Record<string, SentValue> = {};
  for (const [name, value] of Object.entries(form)) {
    if (!name.startsWith(SETTING)) continue;
    const read = Sent.safeParse(value);
    if (read.success) sent[name.slice(SETTING.length)] = read.data;
    else context.addIssue({ code: "custom", message: "too_long", path: [name] });
  }
  return { ...own, feeRate: rateOf(feePercent), sent };
});
export interface GatewayAccountForm extends Omit<Own, "feePercent"> {
  readonly feeRate: number;
  readonly sent: Readonly<Record<string, SentValue>>;
}

export const TestPaymentForm = z.object({ accountId: z.string().max(32), amount: Amount });
export const TestPaymentIdForm = z.object({ testId: z.uuid() });

export const AccountIdForm = z.object({ accountId: z.string().max(32) });

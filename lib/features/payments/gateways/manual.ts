import { z } from "zod";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import { err, ok } from "@/lib/kernel/result";
import { whyNotPayable } from "./create-checks";
import type { GatewayAccount, PaymentGateway, SettingsField } from "./port";
import { plainText } from "./raw-http";
import { parseSettings } from "./settings-fields";

/** What a buyer reads, and where he sends the money to. */
interface ManualConfig {
  readonly payee: string;
  readonly account: string;
  readonly bank: string;
  readonly note: string;
  readonly currency: Currency;
}

const line = (lettersMax: number, lettersMin = 1) =>
  z
    .string()
    .trim()
    .min(lettersMin)
    .max(lettersMax)
    .regex(/^[^\p{Cc}\p{Surrogate}\u2028\u2029]*$/u);

const ManualSettings = z.strictObject({
  payee: line(80),
  account: line(120),
  bank: line(80, 0).default(""),
  // Several lines, but no other control letter.
  note: z
    .string()
    .trim()
    .max(500)
    .regex(/^(?:[^\p{Cc}\p{Surrogate}]|[\n\r\t])*$/u)
    .default(""),
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]).default("CNY"),
});

/**
 * The presentation is frozen with the attempt, as every way to pay: a later change of the account sends nobody who ordered before
 * to another one. No server stands behind it: nothing that arrives is a notice, and there is nobody to ask. A payment of
 * such an account is what a person vouches for.
 */
const bind = (config: ManualConfig): GatewayAccount => ({
  kind: "manual",
  accountRef: "manual",
  methods: [],
  createPayment(input) {
    const refusal = whyNotPayable(input, { currency: config.currency, methods: [] });
    if (refusal !== null) return err(refusal);
    const { payee, account, bank, note } = config;
    return ok({
      kind: "transfer",
      payee,
      account,
      ...(bank === "" ? {} : { bank }),
      reference: input.orderNumber,
      ...(note === "" ? {} : { text: note }),
    });
  },
  readNotification: () => err("malformed"),
  queryPayment: async () => ({ state: "unknown", reason: "not_askable" }),
  selfCheck: async () => [],
  accepted: plainText(404, "no such gateway"),
  refused: plainText(404, "no such gateway"),
  deferred: plainText(404, "no such gateway"),
});

const FIELDS: readonly SettingsField[] = [
  { name: "payee", input: "text", isRequired: true },
  { name: "account", input: "text", isRequired: true },
  { name: "bank", input: "text", isRequired: false },
  { name: "note", input: "text_area", isRequired: false },
  { name: "currency", input: "choice", isRequired: true, choices: CURRENCIES },
];

/** A transfer by hand, which a person confirms. */
export const manualGateway: PaymentGateway = {
  kind: "manual",
  fields: FIELDS,
  currencies: CURRENCIES,
  openAccount(settings) {
    const config = parseSettings(ManualSettings, settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};

import { z } from "zod";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import { err, ok } from "@/lib/kernel/result";
import { whyNotPayable } from "./create-checks";
import type { GatewayAccount, PaymentGateway, SettingsField } from "./port";
import { plainText } from "./raw-http";
import { parseSettings } from "./settings-fields";

const BalanceSettings = z.strictObject({
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]).default("CNY"),
});

/**
 * The buyer's own balance in this shop: paid within one transaction of ours (`payWithBalance`), so there is nobody to ask and nothing
 * that arrives is a notice. It goes back to the balance it came from, by the same hands.
 */
const bind = ({ currency }: { readonly currency: Currency }): GatewayAccount => ({
  kind: "balance",
  accountRef: "balance",
  methods: [],
  createPayment(input) {
    const refusal = whyNotPayable(input, { currency, methods: [] });
    return refusal === null ? ok({ kind: "balance" }) : err(refusal);
  },
  readNotification: () => err("malformed"),
  queryPayment: async () => ({ state: "unknown", reason: "not_askable" }),
  selfCheck: async () => [],
  accepted: plainText(404, "no such gateway"),
  refused: plainText(404, "no such gateway"),
  deferred: plainText(404, "no such gateway"),
});

const FIELDS: readonly SettingsField[] = [{ name: "currency", input: "choice", isRequired: true, choices: CURRENCIES }];

/** What a buyer has in the shop: given back to him, or given by it. */
export const balanceGateway: PaymentGateway = {
  kind: "balance",
  fields: FIELDS,
  currencies: CURRENCIES,
  openAccount(settings) {
    const config = parseSettings(BalanceSettings, settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};

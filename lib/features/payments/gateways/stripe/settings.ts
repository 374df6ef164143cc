import { z } from "zod";
import { ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import type { SettingsField, SettingsProblem } from "../port";
import { parseSettings, SecretText, urlField } from "../settings-fields";

/** One account at Stripe, checked. */
export interface StripeConfig {
  readonly endpoint: string;
  readonly secretKey: Secret;
  /** Several while a secret is being changed; the first one signs test notices. */
  readonly webhookSecrets: readonly Secret[];
  /** Which of Stripe's two worlds the key belongs to; it says so itself, so no setting can disagree. */
  readonly isLive: boolean;
  readonly methods: readonly string[];
}

/** How notices and answers name this account: Stripe's do not name it, so its world must do. */
export const accountRefOf = ({ isLive }: Pick<StripeConfig, "isLive">): string => (isLive ? "live" : "test");

export const STRIPE_ENDPOINT = "https://api.stripe.com";

const problem = (code: SettingsProblem): SettingsProblem => code;

/** A publishable key (`pk_`) in its place would be useless; the key of an unrelated service would be told to Stripe. */
const SecretKey = SecretText.pipe(
  z
    .string()
    .min(1, problem("secret_key_missing"))
    .regex(/^((sk|rk)_(live|test)_[A-Za-z0-9]{0,240})?$/, problem("secret_key_malformed"))
    .refine((text) => text.length === 0 || text.length >= 24, problem("secret_key_too_short")),
).transform((text) => new Secret(text));

/** Short secrets are guessed at home, since every notice shows what one signs. */
const WebhookSecret = SecretText.pipe(
  z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=_-]{0,250}$/, problem("webhook_secrets_malformed"))
    .refine((text) => !text.startsWith("whsec_") || text.length >= 22, problem("webhook_secrets_too_short")),
).transform((text) => new Secret(text));

const StripeSettings = z.strictObject({
  secretKey: SecretKey,
  // A form sends them as one text, a secret per line.
  webhookSecrets: z.preprocess(
    (given) => (typeof given === "string" ? given.split(/\s+/).filter((line) => line !== "") : given),
    z.array(WebhookSecret).min(1, problem("webhook_secrets_missing")).max(5),
  ),
  methods: z
    .array(z.string().regex(/^[a-z0-9_]{1,40}$/))
    .max(16)
    .default([]),
  // A form sends what was left empty as an empty text.
  endpoint: z.preprocess((given) => (given === "" ? undefined : given), urlField("endpoint").default(STRIPE_ENDPOINT)),
});

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export function readStripeSettings(settings: unknown): Result<StripeConfig, readonly SettingsProblem[]> {
  const parsed = parseSettings(StripeSettings, settings);
  if (!parsed.ok) return parsed;
  return ok({ ...parsed.value, isLive: /^.k_live_/.test(parsed.value.secretKey.reveal()) });
}

export const STRIPE_FIELDS: readonly SettingsField[] = [
  { name: "secretKey", input: "secret", isRequired: true },
  { name: "webhookSecrets", input: "secret_text", isRequired: true },
  { name: "methods", input: "list", isRequired: false },
  { name: "endpoint", input: "url", isRequired: false },
];

import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { SettingsField, SettingsProblem } from "../port";
import { isLoopback } from "../raw-http";
import { parseSettings, sharedKeyField, urlField } from "../settings-fields";

export const PAYPAL_ENVIRONMENTS = ["live", "sandbox"] as const;

/** One REST application at PayPal, checked. */
export interface PaypalConfig {
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The number of our webhook at PayPal; it is part of what PayPal signs, so a notice for another one is no notice. */
  readonly webhookId: string;
  readonly environment: (typeof PAYPAL_ENVIRONMENTS)[number];
  /** In place of the roots that everybody trusts; for a server on this machine only. */
  readonly rootCertificate: X509Certificate | null;
}

const ENDPOINTS = { live: "https://api-m.paypal.com", sandbox: "https://api-m.sandbox.paypal.com" } as const;

const PaypalSettings = z.strictObject({
  clientId: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{16,128}$/),
  clientSecret: sharedKeyField("client_secret"),
  webhookId: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{10,50}$/),
  environment: z.enum(PAYPAL_ENVIRONMENTS).default("live"),
  // A form sends what was left empty as an empty text.
  endpoint: z.preprocess((given) => (given === "" ? undefined : given), urlField("endpoint").optional()),
  testRootCertificate: z.preprocess((given) => (given === "" ? undefined : given), z.string().max(16_384).optional()),
});

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export function readPaypalSettings(settings: unknown): Result<PaypalConfig, readonly SettingsProblem[]> {
  const parsed = parseSettings(PaypalSettings, settings);
  if (!parsed.ok) return parsed;
  const { testRootCertificate: pem, endpoint = ENDPOINTS[parsed.value.environment], ...rest } = parsed.value;
  if (pem === undefined) return ok({ ...rest, endpoint, rootCertificate: null });
  // Whoever could set a root for PayPal itself could write PayPal's notices.
  if (!isLoopback(new URL(endpoint))) return err(["test_root_certificate_insecure"]);
  const root = certificateOf(pem);
  return root ? ok({ ...rest, endpoint, rootCertificate: root }) : err(["test_root_certificate_malformed"]);
}

function certificateOf(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

export const PAYPAL_FIELDS: readonly SettingsField[] = [
  { name: "environment", input: "choice", isRequired: true, choices: PAYPAL_ENVIRONMENTS },
  { name: "clientId", input: "text", isRequired: true },
  { name: "clientSecret", input: "secret", isRequired: true },
  { name: "webhookId", input: "text", isRequired: true },
  { name: "endpoint", input: "url", isRequired: false },
  {
    name: "testRootCertificate",
    input: "text_area",
    isRequired: false,
    only: { field: "environment", values: ["sandbox"] },
  },
];

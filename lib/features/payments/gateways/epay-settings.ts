import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { METHOD } from "./epay-codec";
import type { SettingsProblem } from "./port";
import { isLoopback } from "./raw-http";

/** One account at one EPay server, checked. */
export interface EpayConfig {
  /** Without a slash at its end: "https://pay.example/sub". */
  readonly baseUrl: string;
  readonly pid: string;
  readonly key: Secret;
  readonly types: readonly string[];
}

const problem = (code: SettingsProblem): SettingsProblem => code;

/** Operators paste the address from the gateway's own page, often with the script's name behind it. */
const trimBase = (text: string): string => text.trim().replace(/\/*(\/(submit|mapi|api)\.php)?\/*$/, "");

const BaseUrl = z
  .string()
  .max(200)
  .transform(trimBase)
  .superRefine((text, context) => {
    const refuse = (code: SettingsProblem) => context.addIssue({ code: "custom", message: problem(code) });
    const url = URL.canParse(text) ? new URL(text) : null;
    const isPlain = url && !url.search && !url.hash && !url.username && !url.password && !/[?#\s\\]/.test(text);
    if (!url || !isPlain || !["http:", "https:"].includes(url.protocol)) return refuse("base_url_malformed");
    // The key travels in the query of api.php: over plain http everybody on the way could read it.
    if (url.protocol === "http:" && !isLoopback(url)) refuse("base_url_insecure");
  });

/**
 * Every buyer holds a signed address, so a short key falls to guessing at home: eight letters are the floor, below 16
 * selfCheck warns. A public key pasted here by mistake (the v2 field of the gateway's page) would let anyone sign.
 */
const Key = z
  .union([z.string(), z.custom<Secret>((value) => isSecret(value))])
  .transform((value) => (typeof value === "string" ? value : value.reveal()).trim())
  .pipe(
    z
      .string()
      .min(8, problem("key_too_short"))
      .regex(/^[\x21-\x7e]{0,128}$/, problem("key_malformed"))
      .regex(/^(?!-----|MI[GI][A-Za-z0-9+/]{60})/, problem("key_malformed")),
  )
  .transform((text) => new Secret(text));

/** A brand, not instanceof: Next holds a second copy of the class. */
const isSecret = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  typeof value.constructor === "function" &&
  Reflect.has(value.constructor, Symbol.for("kapu.secret"));

export const EpaySettings = z.strictObject({
  baseUrl: BaseUrl,
  pid: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, problem("pid_malformed")),
  key: Key,
  types: z
    .array(z.string().regex(METHOD, problem("types_malformed")))
    .max(16, problem("types_malformed"))
    .default([]),
});

const FIELD_PROBLEMS: Record<string, SettingsProblem> = {
  baseUrl: "base_url_malformed",
  pid: "pid_malformed",
  key: "key_malformed",
  types: "types_malformed",
};
const OWN_CODES = new Set<string>([...Object.values(FIELD_PROBLEMS), "base_url_insecure", "key_too_short"]);

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export function readSettings(settings: unknown): Result<EpayConfig, readonly SettingsProblem[]> {
  const parsed = EpaySettings.safeParse(settings);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.map(({ message, path: [field] }) =>
    OWN_CODES.has(message) ? (message as SettingsProblem) : (FIELD_PROBLEMS[String(field)] ?? "unreadable"),
  );
  return err([...new Set(problems)]);
}

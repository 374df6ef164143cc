import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import type { SettingsProblem } from "./port";
import { isLoopback } from "./raw-http";
import type { KeyProblem } from "./rsa";

const problem = (code: SettingsProblem): SettingsProblem => code;

/**
 * An address that requests go to, without a slash at its end; operators often paste it with more behind it (`tail`), which is
 * cut off. Plain http is for this very machine only: keys and answers would be read and written by everybody on the way.
 */
export const urlField = (name: string, tail: RegExp = /\/*$/) =>
  z
    .string()
    .max(200)
    .transform((text) => text.trim().replace(tail, ""))
    .superRefine((text, context) => {
      const refuse = (code: SettingsProblem) => context.addIssue({ code: "custom", message: problem(code) });
      const url = URL.canParse(text) ? new URL(text) : null;
      const isPlain = url && !url.search && !url.hash && !url.username && !url.password && !/[?#\s\\]/.test(text);
      if (!url || !isPlain || !["http:", "https:"].includes(url.protocol)) return refuse(`${name}_malformed`);
      if (url.protocol === "http:" && !isLoopback(url)) refuse(`${name}_insecure`);
    });

/** Where a gateway listens. */
export const baseUrlField = (tail?: RegExp) => urlField("base_url", tail);

/** A brand, not instanceof: Next holds a second copy of the class. */
const isSecret = (value: unknown): value is Secret =>
  typeof value === "object" &&
  value !== null &&
  typeof value.constructor === "function" &&
  Reflect.has(value.constructor, Symbol.for("kapu.secret"));

/** A text that is kept from sight, as a form sends it or as a Secret; without the blanks that pasting brings. */
export const SecretText = z
  .union([z.string(), z.custom<Secret>((value) => isSecret(value))])
  .transform((value) => (typeof value === "string" ? value : value.reveal()).trim());

/**
 * A key that both sides know: eight printable letters or more, not a public key pasted by mistake (which would let anyone
 * sign), and none of the samples that anybody can read in the gateway's manual.
 */
export const sharedKeyField = (name: string, published: ReadonlySet<string> = new Set()) =>
  SecretText.pipe(
    z
      .string()
      .min(8, problem(`${name}_too_short`))
      .regex(/^[\x21-\x7e]{0,128}$/, problem(`${name}_malformed`))
      .regex(/^(?!-----|MI[GI][A-Za-z0-9+/]{60})/, problem(`${name}_malformed`))
      .refine((text) => !published.has(text), problem(`${name}_published`)),
  ).transform((text) => new Secret(text));

/** An RSA key in any of the forms that gateways hand out. */
export const rsaKeyField = (name: string, read: (text: string) => Result<KeyObject, KeyProblem>) =>
  SecretText.optional().transform((text, context): KeyObject => {
    const key = text ? read(text) : err("missing");
    if (key.ok) return key.value;
    context.addIssue({ code: "custom", message: problem(`${name}_${key.error}`) });
    return z.NEVER;
  });

const OWN_CODE = /^[a-z0-9_]+_(missing|malformed|insecure|too_short|published)$/;
const inSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Settings that can be used, or every reason why not; a refusal never quotes a value. What its schema refuses without a
 * word of its own is `<field>_missing` when nothing was given, and `<field>_malformed` otherwise.
 */
export function parseSettings<S extends z.ZodType>(
  schema: S,
  settings: unknown,
): Result<z.output<S>, readonly SettingsProblem[]> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return ok(parsed.data);
  const given = new Map(typeof settings === "object" && settings !== null ? Object.entries(settings) : []);
  const problems = parsed.error.issues.map(({ message, path: [field] }): SettingsProblem => {
    if (OWN_CODE.test(message)) return message as SettingsProblem;
    if (typeof field !== "string") return "unreadable";
    return `${inSnakeCase(field)}_${isEmpty(given.get(field)) ? "missing" : "malformed"}`;
  });
  return err([...new Set(problems)]);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const text = isSecret(value) ? value.reveal() : value;
  return typeof text === "string" ? text.trim() === "" : Array.isArray(text) && text.length === 0;
}

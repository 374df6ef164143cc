import { z } from "zod";
import type { Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { SettingsField, SettingsProblem } from "../port";
import { baseUrlField, parseSettings, sharedKeyField } from "../settings-fields";
import { type CodepayMethod, TYPES } from "./codec";

/** One account at one 码支付 server, checked. */
export interface CodepayConfig {
  readonly baseUrl: string;
  readonly id: string;
  readonly key: Secret;
  readonly types: readonly CodepayMethod[];
}

const METHODS = Object.keys(TYPES) as CodepayMethod[];

const CodepaySettings = z.strictObject({
  baseUrl: baseUrlField(/\/*(\/creat_order)?\/*$/),
  id: z
    .string()
    .trim()
    .regex(/^[0-9A-Za-z_-]{1,32}$/),
  key: sharedKeyField("key"),
  types: z.array(z.enum(METHODS)).default([]),
});

/** Settings that can be used, or every reason why not. No types: all that the protocol has. */
export function readCodepaySettings(settings: unknown): Result<CodepayConfig, readonly SettingsProblem[]> {
  const read = parseSettings(CodepaySettings, settings);
  if (!read.ok) return read;
  return { ok: true, value: { ...read.value, types: read.value.types.length > 0 ? read.value.types : METHODS } };
}

export const CODEPAY_FIELDS: readonly SettingsField[] = [
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "id", input: "text", isRequired: true },
  { name: "key", input: "secret", isRequired: true },
  { name: "types", input: "list", isRequired: false },
];

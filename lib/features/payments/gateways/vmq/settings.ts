import { z } from "zod";
import type { Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { SettingsField, SettingsProblem } from "../port";
import { baseUrlField, parseSettings, sharedKeyField } from "../settings-fields";
import { TYPES, type VmqMethod } from "./codec";

/** One V免签 server, checked. It knows one merchant, so there is no number of an account. */
export interface VmqConfig {
  readonly baseUrl: string;
  readonly key: Secret;
  readonly types: readonly VmqMethod[];
}

const METHODS = Object.keys(TYPES) as VmqMethod[];

const VmqSettings = z.strictObject({
  baseUrl: baseUrlField(/\/*(\/createOrder)?\/*$/),
  key: sharedKeyField("key"),
  types: z.array(z.enum(METHODS)).default([]),
});

/** Settings that can be used, or every reason why not. No types: both that the protocol has. */
export function readVmqSettings(settings: unknown): Result<VmqConfig, readonly SettingsProblem[]> {
  const read = parseSettings(VmqSettings, settings);
  if (!read.ok) return read;
  return { ok: true, value: { ...read.value, types: read.value.types.length > 0 ? read.value.types : METHODS } };
}

export const VMQ_FIELDS: readonly SettingsField[] = [
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "key", input: "secret", isRequired: true },
  { name: "types", input: "list", isRequired: false },
];

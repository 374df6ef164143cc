import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { SettingsField, SettingsProblem } from "../port";
import { isKeyPair, readPrivateKey, readPublicKey } from "../rsa";
import { baseUrlField, parseSettings, rsaKeyField, sharedKeyField } from "../settings-fields";
import { METHOD } from "./codec";
import { EPAY_PROFILES, type EpayProfile, PROFILE_NAMES } from "./profiles";

/** The algorithm and its keys: part of the account, never of a message. */
export type EpaySigning =
  | { readonly mode: "MD5"; readonly key: Secret }
  | { readonly mode: "RSA"; readonly privateKey: KeyObject; readonly platformKey: KeyObject };

/** One account at one EPay server, checked. */
export interface EpayConfig {
  /** Without a slash at its end: "https://pay.example/sub". */
  readonly baseUrl: string;
  readonly pid: string;
  readonly types: readonly string[];
  readonly profile: EpayProfile;
  readonly signing: EpaySigning;
}

const problem = (code: SettingsProblem): SettingsProblem => code;

/** What stands behind the base address in the gateway's own pages. */
const SCRIPTS = /\/*(\/(submit|mapi|api)\.php)?\/*$/;

const WHERE = {
  baseUrl: baseUrlField(SCRIPTS),
  pid: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, problem("pid_malformed")),
};
const WHAT = {
  types: z
    .array(z.string().regex(METHOD, problem("types_malformed")))
    .max(16, problem("types_malformed"))
    .default([]),
  profile: z.enum(PROFILE_NAMES).default("rainbow"),
};
/** What a form sends of the fields that it does not show. */
const Unused = z.unknown().optional();

const Md5Settings = z
  .strictObject({
    ...WHERE,
    signMode: z.literal("MD5").default("MD5"),
    key: sharedKeyField("key"),
    merchantPrivateKey: Unused,
    platformPublicKey: Unused,
    ...WHAT,
  })
  .transform(({ key, ...rest }) => ({ ...rest, signing: { mode: "MD5", key } as const }));

const RsaSettings = z
  .strictObject({
    ...WHERE,
    signMode: z.literal("RSA"),
    key: Unused,
    merchantPrivateKey: rsaKeyField("merchant_private_key", readPrivateKey),
    platformPublicKey: rsaKeyField("platform_public_key", readPublicKey),
    ...WHAT,
  })
  .transform(({ merchantPrivateKey: privateKey, platformPublicKey: platformKey, ...rest }) => ({
    ...rest,
    signing: { mode: "RSA", privateKey, platformKey } as const,
  }));

const isRsa = (settings: unknown): boolean =>
  typeof settings === "object" && settings !== null && "signMode" in settings && settings.signMode === "RSA";

/** Settings that can be used, or every reason why not; a refusal never quotes a value. Rows of before profiles are Rainbow's, with MD5. */
export function readSettings(settings: unknown): Result<EpayConfig, readonly SettingsProblem[]> {
  const read = isRsa(settings) ? parseSettings(RsaSettings, settings) : parseSettings(Md5Settings, settings);
  // Of a key that is not there this kind has always said that it is malformed.
  if (!read.ok) return err(read.error.map((code) => (code === "key_missing" ? "key_malformed" : code)));
  const { pid, types, signing } = read.value;
  const profile = EPAY_PROFILES[read.value.profile];
  const baseUrl = withoutFolder(read.value.baseUrl, profile.submitPath);
  const config = { baseUrl, pid, types: profile.onlyType ? [profile.onlyType] : types, profile, signing };
  const problems = problemsOf(config);
  return problems.length > 0 ? err(problems) : ok(config);
}

/** The folder of the server's script is pasted along with it. */
function withoutFolder(baseUrl: string, submitPath: string): string {
  const folder = submitPath.slice(0, submitPath.lastIndexOf("/"));
  return folder !== "" && baseUrl.endsWith(folder) ? baseUrl.slice(0, -folder.length) : baseUrl;
}

/** What is wrong with fields that are each right. */
function problemsOf({ profile, pid, types, signing }: EpayConfig): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  if (profile.onlyPid && pid !== profile.onlyPid) problems.push("pid_malformed");
  if (profile.needsType && types.length === 0) problems.push("types_missing");
  if (signing.mode === "RSA" && !profile.hasRsa) problems.push("sign_mode_malformed");
  // The merchant's own public key in the platform's place: no notice would ever be believed.
  if (signing.mode === "RSA" && isKeyPair(signing.privateKey, signing.platformKey))
    problems.push("platform_public_key_malformed");
  return problems;
}

const ONLY_RSA = { field: "signMode", values: ["RSA"] };

export const EPAY_FIELDS: readonly SettingsField[] = [
  { name: "profile", input: "choice", isRequired: false, choices: PROFILE_NAMES },
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "pid", input: "text", isRequired: true },
  {
    name: "signMode",
    input: "choice",
    isRequired: false,
    choices: ["MD5", "RSA"],
    only: { field: "profile", values: PROFILE_NAMES.filter((name) => EPAY_PROFILES[name].hasRsa) },
  },
  { name: "key", input: "secret", isRequired: true, only: { field: "signMode", values: ["MD5"] } },
  { name: "merchantPrivateKey", input: "secret_text", isRequired: true, only: ONLY_RSA },
  { name: "platformPublicKey", input: "text_area", isRequired: true, only: ONLY_RSA },
  { name: "types", input: "list", isRequired: false },
];

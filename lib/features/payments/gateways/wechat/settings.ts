import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { readCertificates } from "../certificates";
import type { SettingsField, SettingsProblem } from "../port";
import { checkRsaKey, isKeyPair, readPrivateKey, readPublicKey } from "../rsa";
import { parseSettings, rsaKeyField, SecretText, urlField } from "../settings-fields";

/** native: a code to scan. h5: a page in the phone's browser that leads into WeChat. */
export const WECHAT_PRODUCTS = ["native", "h5"] as const;
export type WechatProduct = (typeof WECHAT_PRODUCTS)[number];

/** One merchant of WeChat Pay, checked. Keys are opaque objects: nothing prints them. */
export interface WechatConfig {
  readonly endpoint: string;
  readonly mchid: string;
  readonly appid: string;
  /** The serial number of our own certificate: tells WeChat which of our keys signed. */
  readonly merchantSerial: string;
  readonly privateKey: KeyObject;
  readonly apiV3Key: Secret;
  /** Who may speak for WeChat Pay: its public key's id or a platform certificate's serial number, and the key. Several while they change. */
  readonly verifiers: ReadonlyMap<string, KeyObject>;
  /** Asked for by name where there is one; without it WeChat Pay chooses a certificate. */
  readonly publicKeyId: string | null;
  readonly products: readonly WechatProduct[];
}

/** How notices and answers name this account. */
export const accountRefOf = ({ mchid, appid }: Pick<WechatConfig, "mchid" | "appid">): string => `${mchid}/${appid}`;

export const WECHAT_ENDPOINT = "https://api.mch.weixin.qq.com";

const blankAsAbsent = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => (typeof given === "string" && given.trim() === "" ? undefined : given), schema);

const WechatSettings = z.strictObject({
  mchid: z
    .string()
    .trim()
    .regex(/^\d{6,32}$/),
  appid: z
    .string()
    .trim()
    .regex(/^wx[0-9A-Za-z]{6,30}$/),
  merchantSerial: z
    .string()
    .trim()
    .regex(/^[0-9A-Fa-f]{8,64}$/)
    .transform((serial) => serial.toUpperCase()),
  privateKey: rsaKeyField("private_key", readPrivateKey),
  apiV3Key: SecretText.pipe(z.string().regex(/^[\x21-\x7e]{32}$/)).transform((text) => new Secret(text)),
  publicKeyId: blankAsAbsent(
    z
      .string()
      .trim()
      .regex(/^PUB_KEY_ID_[0-9A-Za-z_]{8,64}$/)
      .optional(),
  ),
  publicKey: blankAsAbsent(z.string().max(16_384).optional()),
  platformCertificates: blankAsAbsent(z.string().max(65_536).optional()),
  products: z.array(z.enum(WECHAT_PRODUCTS)).min(1).max(WECHAT_PRODUCTS.length),
  // A form sends what was left empty as an empty text.
  endpoint: blankAsAbsent(urlField("endpoint").default(WECHAT_ENDPOINT)),
});
type Settings = z.infer<typeof WechatSettings>;

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export function readWechatSettings(settings: unknown): Result<WechatConfig, readonly SettingsProblem[]> {
  const parsed = parseSettings(WechatSettings, settings);
  if (!parsed.ok) return parsed;
  const { publicKey: _text, platformCertificates: _texts, publicKeyId, ...rest } = parsed.value;
  const verifiers = verifiersOf(parsed.value);
  if (!verifiers.ok) return verifiers;
  return ok({ ...rest, publicKeyId: publicKeyId ?? null, verifiers: verifiers.value });
}

type Verifiers = Result<ReadonlyMap<string, KeyObject>, readonly SettingsProblem[]>;

function verifiersOf({ publicKeyId, publicKey, platformCertificates, privateKey }: Settings): Verifiers {
  const verifiers = new Map<string, KeyObject>();
  if (platformCertificates !== undefined) {
    const certified = readPlatformCertificates(platformCertificates, privateKey);
    if (!certified.ok) return certified;
    for (const [serial, key] of certified.value) verifiers.set(serial, key);
  }
  if (publicKey === undefined) {
    return verifiers.size > 0 && publicKeyId === undefined ? ok(verifiers) : err(["public_key_missing"]);
  }
  if (publicKeyId === undefined) return err(["public_key_id_missing"]);
  const key = readPublicKey(publicKey);
  if (!key.ok) return err([`public_key_${key.error}`]);
  // One's own key in WeChat's place: whatever we signed would pass for WeChat's word.
  if (isKeyPair(privateKey, key.value)) return err(["public_key_insecure"]);
  return ok(verifiers.set(publicKeyId, key.value));
}

function readPlatformCertificates(text: string, privateKey: KeyObject): Verifiers {
  const certificates = readCertificates(text);
  if (!certificates.ok) return err(["platform_certificates_malformed"]);
  const verifiers = new Map<string, KeyObject>();
  for (const { publicKey, serialNumber } of certificates.value) {
    const key = checkRsaKey(publicKey);
    if (!key.ok) return err([`platform_certificates_${key.error}`]);
    if (isKeyPair(privateKey, key.value)) return err(["platform_certificates_insecure"]);
    verifiers.set(serialNumber.toUpperCase(), key.value);
  }
  return ok(verifiers);
}

export const WECHAT_FIELDS: readonly SettingsField[] = [
  { name: "mchid", input: "text", isRequired: true },
  { name: "appid", input: "text", isRequired: true },
  { name: "products", input: "list", isRequired: true, choices: WECHAT_PRODUCTS },
  { name: "merchantSerial", input: "text", isRequired: true },
  { name: "privateKey", input: "secret_text", isRequired: true },
  { name: "apiV3Key", input: "secret", isRequired: true },
  { name: "publicKeyId", input: "text", isRequired: false },
  { name: "publicKey", input: "text_area", isRequired: false },
  { name: "platformCertificates", input: "text_area", isRequired: false },
  { name: "endpoint", input: "url", isRequired: false },
];

import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { readCertificates } from "../certificates";
import type { SettingsField, SettingsProblem } from "../port";
import { checkRsaKey, isKeyPair, readPrivateKey, readPublicKey } from "../rsa";
import { parseSettings, rsaKeyField, urlField } from "../settings-fields";
import { rootSerialOf, serialOf } from "./certificate";

/**
 * - qr: 当面付, a code made for each payment (FACE_TO_FACE_PAYMENT)
 * - order_code: 订单码, the newer contract of the same code (QR_CODE_OFFLINE)
 * - page, wap: Alipay's own cashier, on a computer and on a phone
 */
export const ALIPAY_PRODUCTS = ["qr", "order_code", "page", "wap"] as const;
export type AlipayProduct = (typeof ALIPAY_PRODUCTS)[number];

/** One application at Alipay, checked. Keys are opaque objects: nothing prints them. */
export interface AlipayConfig {
  readonly endpoint: string;
  readonly appId: string;
  readonly sellerId: string;
  readonly privateKey: KeyObject;
  readonly alipayKey: KeyObject;
  /** Absent in public-key mode. */
  readonly serials: { readonly app: string; readonly alipay: string; readonly root: string } | null;
  readonly products: readonly AlipayProduct[];
}

/** How notices and answers name this account. */
export const accountRefOf = ({ appId, sellerId }: Pick<AlipayConfig, "appId" | "sellerId">): string =>
  `${appId}/${sellerId}`;

export const ALIPAY_ENDPOINT = "https://openapi.alipay.com/gateway.do";

const Pasted = z.string().trim().max(65_536).optional();

const AlipaySettings = z.strictObject({
  appId: z
    .string()
    .trim()
    .regex(/^\d{10,32}$/),
  sellerId: z
    .string()
    .trim()
    .regex(/^2088\d{12}$/),
  mode: z.enum(["public_key", "certificate"]).default("public_key"),
  privateKey: rsaKeyField("private_key", readPrivateKey),
  alipayPublicKey: Pasted,
  appCertificate: Pasted,
  alipayCertificate: Pasted,
  rootCertificate: Pasted,
  products: z.array(z.enum(ALIPAY_PRODUCTS)).min(1).max(ALIPAY_PRODUCTS.length),
  // A form sends what was left empty as an empty text.
  endpoint: z.preprocess((given) => (given === "" ? undefined : given), urlField("endpoint").default(ALIPAY_ENDPOINT)),
});
type Settings = z.infer<typeof AlipaySettings>;

/** Settings that can be used, or every reason why not; a refusal never quotes a value. */
export function readAlipaySettings(settings: unknown): Result<AlipayConfig, readonly SettingsProblem[]> {
  const parsed = parseSettings(AlipaySettings, settings);
  if (!parsed.ok) return parsed;
  const theirs = parsed.value.mode === "certificate" ? fromCertificates(parsed.value) : fromPublicKey(parsed.value);
  if (!theirs.ok) return theirs;
  const { endpoint, appId, sellerId, products, privateKey } = parsed.value;
  return ok({ endpoint, appId, sellerId, products, privateKey, ...theirs.value });
}

type Theirs = Result<Pick<AlipayConfig, "alipayKey" | "serials">, readonly SettingsProblem[]>;

function fromPublicKey({ alipayPublicKey, privateKey }: Settings): Theirs {
  if (!alipayPublicKey) return err(["alipay_public_key_missing"]);
  const key = readPublicKey(alipayPublicKey);
  if (!key.ok) return err([`alipay_public_key_${key.error}`]);
  // The classic mistake: one's own public key in Alipay's place. Then whatever we signed would pass for Alipay's word.
  if (isKeyPair(privateKey, key.value)) return err(["alipay_public_key_insecure"]);
  return ok({ alipayKey: key.value, serials: null });
}

function fromCertificates(settings: Settings): Theirs {
  const problems: SettingsProblem[] = [];
  const read = (name: "appCertificate" | "alipayCertificate" | "rootCertificate", inSnakeCase: string) => {
    const text = settings[name];
    const certificates = text ? readCertificates(text) : null;
    if (!certificates?.ok) problems.push(`${inSnakeCase}_${text ? "malformed" : "missing"}`);
    return certificates?.ok ? certificates.value : [];
  };
  // Alipay's own file holds its issuer's certificate behind it.
  const [[app], [alipay], roots] = [
    read("appCertificate", "app_certificate"),
    read("alipayCertificate", "alipay_certificate"),
    read("rootCertificate", "root_certificate"),
  ];
  if (!app || !alipay || problems.length > 0) return err(problems);
  const key = checkRsaKey(alipay.publicKey);
  if (!key.ok) return err([`alipay_certificate_${key.error}`]);
  if (isKeyPair(settings.privateKey, key.value)) return err(["alipay_certificate_insecure"]);
  if (!app.checkPrivateKey(settings.privateKey)) return err(["app_certificate_malformed"]);
  const root = rootSerialOf(roots);
  if (root === "") return err(["root_certificate_malformed"]);
  return ok({ alipayKey: key.value, serials: { app: serialOf(app), alipay: serialOf(alipay), root } });
}

const certificate = (name: string): SettingsField => ({
  name,
  input: "text_area",
  isRequired: true,
  only: { field: "mode", values: ["certificate"] },
});

export const ALIPAY_FIELDS: readonly SettingsField[] = [
  { name: "appId", input: "text", isRequired: true },
  { name: "sellerId", input: "text", isRequired: true },
  { name: "products", input: "list", isRequired: true, choices: ALIPAY_PRODUCTS },
  { name: "privateKey", input: "secret_text", isRequired: true },
  { name: "mode", input: "choice", isRequired: true, choices: ["public_key", "certificate"] },
  {
    name: "alipayPublicKey",
    input: "text_area",
    isRequired: true,
    only: { field: "mode", values: ["public_key"] },
  },
  certificate("appCertificate"),
  certificate("alipayCertificate"),
  certificate("rootCertificate"),
  { name: "endpoint", input: "url", isRequired: false },
];

import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import type { BucketSettings } from "./bucket-store";
import { provideSingleton, singleton } from "./singleton";

/** Everything that the surroundings may decide. Read and judged once; nothing else in the shop looks at `process.env`. */
export interface Env {
  readonly role: "all" | "web" | "worker";
  readonly port: number;
  /** Null: the embedded Postgres under `dataDir`. */
  readonly databaseUrl: Secret | null;
  readonly redisUrl: Secret | null;
  readonly dataDir: string;
  /** The address buyers and gateways reach the shop by, without a slash at its end. */
  readonly publicUrl: string;
  readonly secret: Secret;
  /** Named when the master key is rotated; without a current one it comes out of `secret`. */
  readonly masterKeys: { readonly current: Secret | null; readonly previous: readonly Secret[] };
  /** "auto" is a demo shop when the embedded database is empty. */
  readonly demo: "on" | "off" | "auto";
  readonly admin: { readonly email: string; readonly password: Secret } | null;
  readonly reservationSeconds: number;
  readonly epay: { readonly url: string; readonly pid: string; readonly key: Secret } | null;
  /** Where the demo's own phone scans codes; null in a true shop, and never read from the surroundings. */
  readonly demoPhoneUrl: string | null;
  readonly smtpUrl: Secret | null;
  readonly mailFrom: string | null;
  /** Where pictures of products lie; null: under `dataDir`. */
  readonly bucket: BucketSettings | null;
  /** Addresses or networks (CIDR) whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly isProduction: boolean;
}

export type EnvSource = Readonly<Record<string, string | undefined>>;

const SECRET_LENGTH_MIN = 32;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** An unset variable and an empty one (`FOO=` in a compose file) mean the same. */
const text = z.preprocess((value) => (value === "" ? undefined : value), z.string().trim().optional());
const url = (...protocols: string[]) =>
  text.refine((value) => value === undefined || (URL.canParse(value) && protocols.includes(new URL(value).protocol)), {
    message: `must be an address that begins with ${protocols.map((name) => `${name}//`).join(" or ")}`,
  });
const wholeNumber = (min: number, max: number, fallback: number) =>
  text
    .refine(
      (value) => value === undefined || (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max),
      {
        message: `must be a whole number from ${min} to ${max}`,
      },
    )
    .transform((value) => (value === undefined ? fallback : Number(value)));

const masterKeysOf = (value: string | undefined): string[] =>
  (value ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

function isNetwork(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const Source = z.object({
  ROLE: z.preprocess(
    (value) => value || undefined,
    z.enum(["all", "web", "worker"], "must be all, web or worker").default("all"),
  ),
  PORT: wholeNumber(1, 65_535, 3000),
  DATABASE_URL: url("postgres:", "postgresql:"),
  REDIS_URL: url("redis:", "rediss:"),
  KAPU_DATA_DIR: text,
  KAPU_URL: url("http:", "https:"),
  KAPU_SECRET: text.refine((value) => value === undefined || value.length >= SECRET_LENGTH_MIN, {
    message: `must have at least ${SECRET_LENGTH_MIN} characters`,
  }),
  KAPU_MASTER_KEY: text.refine((value) => value === undefined || value.length >= SECRET_LENGTH_MIN, {
    message: `must have at least ${SECRET_LENGTH_MIN} characters`,
  }),
  KAPU_MASTER_KEY_PREVIOUS: text.refine(
    (value) => masterKeysOf(value).every((key) => key.length >= SECRET_LENGTH_MIN),
    { message: `must be keys of at least ${SECRET_LENGTH_MIN} characters each, with commas between them` },
  ),
  KAPU_DEMO: text.refine((value) => value === undefined || value === "0" || value === "1", {
    message: "must be 0 or 1",
  }),
  KAPU_ADMIN_EMAIL: text.refine((value) => value === undefined || z.email().safeParse(value).success, {
    message: "must be an e-mail address",
  }),
  KAPU_ADMIN_PASSWORD: text.refine((value) => value === undefined || value.length >= 8, {
    message: "must have at least 8 characters",
  }),
  KAPU_RESERVATION_SECONDS: wholeNumber(limits.reservationSecondsMin, limits.reservationSecondsMax, 900),
  KAPU_EPAY_URL: url("http:", "https:").refine(
    (value) => value === undefined || !value.startsWith("http:") || LOOPBACK.has(new URL(value).hostname),
    { message: "must begin with https://, because only a gateway on this machine may use plain http" },
  ),
  KAPU_EPAY_PID: text,
  KAPU_EPAY_KEY: text,
  KAPU_SMTP_URL: url("smtp:", "smtps:"),
  KAPU_MAIL_FROM: text,
  KAPU_S3_URL: url("http:", "https:"),
  KAPU_S3_REGION: text,
  KAPU_S3_KEY_ID: text,
  KAPU_S3_SECRET: text,
  KAPU_TRUSTED_PROXIES: text
    .transform((value) =>
      (value ?? "")
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((parts) => parts.every(isNetwork), { message: "must be addresses or networks with commas between them" }),
  NODE_ENV: text,
});
type Parsed = z.infer<typeof Source>;

/** Variables that only mean something together. */
const TOGETHER = [
  ["KAPU_ADMIN_EMAIL", "KAPU_ADMIN_PASSWORD"],
  ["KAPU_EPAY_URL", "KAPU_EPAY_PID", "KAPU_EPAY_KEY"],
  ["KAPU_SMTP_URL", "KAPU_MAIL_FROM"],
  ["KAPU_S3_URL", "KAPU_S3_KEY_ID", "KAPU_S3_SECRET"],
] as const;

function problemsAcross(parsed: Parsed): string[] {
  return TOGETHER.flatMap((group) => {
    const missing = group.filter((name) => parsed[name] === undefined);
    if (missing.length === 0 || missing.length === group.length) return [];
    return [`${missing.join(" and ")} must be set too, because ${group.join(", ")} belong together`];
  });
}

const secretOf = (value: string | undefined): Secret | null => (value === undefined ? null : new Secret(value));

function bucketOf({
  KAPU_S3_URL: url,
  KAPU_S3_REGION,
  KAPU_S3_KEY_ID: keyId,
  KAPU_S3_SECRET: secret,
}: Parsed): Env["bucket"] {
  if (!url || !keyId || !secret) return null;
  return { url: url.replace(/\/+$/, ""), region: KAPU_S3_REGION ?? "us-east-1", keyId, secret: new Secret(secret) };
}

function toEnv(parsed: Parsed, secret: Secret): Env {
  const { KAPU_ADMIN_EMAIL: email, KAPU_ADMIN_PASSWORD: password } = parsed;
  const { KAPU_EPAY_URL: epayUrl, KAPU_EPAY_PID: pid, KAPU_EPAY_KEY: key } = parsed;
  return {
    role: parsed.ROLE,
    port: parsed.PORT,
    databaseUrl: secretOf(parsed.DATABASE_URL),
    redisUrl: secretOf(parsed.REDIS_URL),
    dataDir: dataDirOf(parsed.KAPU_DATA_DIR),
    publicUrl: (parsed.KAPU_URL ?? `http://localhost:${parsed.PORT}`).replace(/\/+$/, ""),
    secret,
    masterKeys: {
      current: secretOf(parsed.KAPU_MASTER_KEY),
      previous: masterKeysOf(parsed.KAPU_MASTER_KEY_PREVIOUS).map((key) => new Secret(key)),
    },
    demo: parsed.KAPU_DEMO === undefined ? "auto" : parsed.KAPU_DEMO === "1" ? "on" : "off",
    admin: email && password ? { email, password: new Secret(password) } : null,
    reservationSeconds: parsed.KAPU_RESERVATION_SECONDS,
    epay: epayUrl && pid && key ? { url: epayUrl.replace(/\/+$/, ""), pid, key: new Secret(key) } : null,
    demoPhoneUrl: null,
    smtpUrl: secretOf(parsed.KAPU_SMTP_URL),
    mailFrom: parsed.KAPU_MAIL_FROM ?? null,
    bucket: bucketOf(parsed),
    trustedProxies: parsed.KAPU_TRUSTED_PROXIES,
    isProduction: parsed.NODE_ENV === "production",
  };
}

const dataDirOf = (value: string | undefined): string => path.resolve(/* turbopackIgnore: true */ value ?? ".data");

/**
 * Finds the secret of a shop on the embedded database, given the one in `KAPU_SECRET` or null. Not asked when `DATABASE_URL`
 * is set: several machines must then be told the same secret.
 */
export type FindSecret = (dataDir: string, given: Secret | null) => Secret | null;

/**
 * Either a complete `Env` or every problem as one sentence each; never a half-read environment. The sentences name the
 * variable and never repeat its value, which may be a password.
 */
export function readEnv(source: EnvSource, findSecret: FindSecret): Result<Env, readonly string[]> {
  const parsed = Source.safeParse(source);
  if (!parsed.success) return err(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`));
  const problems = problemsAcross(parsed.data).map((problem) => `${problem}.`);
  if (problems.length > 0) return err(problems);
  const { KAPU_SECRET: given, KAPU_DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = parsed.data;
  const secret = databaseUrl ? secretOf(given) : findSecret(dataDirOf(dataDir), secretOf(given));
  if (!secret) {
    return err([`KAPU_SECRET must be set (at least ${SECRET_LENGTH_MIN} characters) when DATABASE_URL is.`]);
  }
  return ok(toEnv(parsed.data, secret));
}

/** A setting that the shop cannot start with. The message is for the person who set it: no stack is printed. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

const NAME = "env";

/** Replaces the environment that `getEnv` answers, for a launcher that starts parts of it itself. */
export function provideEnv(env: Env): void {
  // next-auth finds the shop's address here and nowhere else.
  process.env.NEXTAUTH_URL = env.publicUrl;
  provideSingleton(NAME, env);
}

/** Reads the process's environment for good; `findSecret` is the embedded default's. Throws `EnvError`. */
export function loadEnv(findSecret: FindSecret): Env {
  const env = readEnv(process.env, findSecret);
  if (!env.ok) throw new EnvError(env.error.join("\n"));
  provideEnv(env.value);
  return env.value;
}

/** The environment that `loadEnv` read, or, in a host without our own server, the one the host set. */
export const getEnv = (): Env => singleton(NAME, () => loadEnv((_dataDir, given) => given));

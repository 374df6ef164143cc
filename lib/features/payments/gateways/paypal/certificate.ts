import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { limits } from "@/lib/kernel/limits";
import type { NoticeSigner } from "../port";
import { isLoopback } from "../raw-http";
import { checkRsaKey } from "../rsa";
import { send, type Transport } from "../transport";
import type { PaypalConfig } from "./settings";

type Account = Pick<PaypalConfig, "endpoint" | "environment" | "rootCertificate">;

/** From a notice's certificate to a root: PayPal's own, two in between, the root. */
const CHAIN_MAX = 4;
const CERTIFICATE_BYTES_MAX = 64 * 1024;
const FAILURE_MS = 60_000;

const HOSTS = {
  live: ["api.paypal.com", "api-m.paypal.com"],
  sandbox: ["api.sandbox.paypal.com", "api-m.sandbox.paypal.com"],
} as const;
const SIGNERS = {
  live: "messageverificationcerts.paypal.com",
  sandbox: "messageverificationcerts.sandbox.paypal.com",
} as const;

/**
 * Where a notice's certificate may be fetched from: PayPal's own hosts of this account's world, and there from one folder. The
 * address comes from whoever sent the notice, and whatever it names would be asked for from inside our house.
 */
export function isCertificateUrl(
  text: string,
  { endpoint, environment }: Pick<PaypalConfig, "endpoint" | "environment">,
): boolean {
  const url = URL.canParse(text) && !/[\s\\@?#%]/.test(text) ? new URL(text) : null;
  if (!url || !/^\/v1\/notifications\/certs\/[A-Za-z0-9-]{1,128}$/.test(url.pathname)) return false;
  const own = new URL(endpoint);
  if (isLoopback(own)) return url.origin === own.origin;
  return (
    url.protocol === "https:" && url.port === "" && (HOSTS[environment] as readonly string[]).includes(url.hostname)
  );
}

interface Kept {
  readonly signer: Promise<NoticeSigner | null>;
  readonly keptAt: number;
}

/** Public certificates and nobody's secret, so one memory serves every account of the process. */
const kept = new Map<string, Kept>();

/**
 * The key behind a certificate's address, proved to be PayPal's; null when it is not, or cannot be had now. Kept while it is good;
 * a failure is kept for a minute, and there is a bound on how many are, so that forged notices cannot make us knock at PayPal's door.
 */
export async function signerOf(text: string, account: Account, transport: Transport): Promise<NoticeSigner | null> {
  if (!isCertificateUrl(text, account)) return null;
  const name = `${account.environment} ${account.rootCertificate?.fingerprint256 ?? ""} ${text}`;
  const now = transport.now();
  const known = kept.get(name);
  const signer = await known?.signer;
  if (known && (signer ? now <= signer.validTo : now - known.keptAt < FAILURE_MS)) return signer ?? null;
  await forgetOld(now);
  if (kept.size >= limits.noticeCertificatesMax) return null;
  // Somebody else may have begun meanwhile.
  const begun = kept.get(name);
  if (begun && begun !== known) return begun.signer;
  const fetching = fetchSigner(text, account, transport).catch(() => null);
  kept.set(name, { signer: fetching, keptAt: now });
  return fetching;
}

async function forgetOld(now: number): Promise<void> {
  for (const [name, { signer, keptAt }] of [...kept]) {
    const found = await signer;
    if (found ? now > found.validTo : now - keptAt >= FAILURE_MS) kept.delete(name);
  }
}

async function fetchSigner(url: string, account: Account, transport: Transport): Promise<NoticeSigner | null> {
  const headers = { accept: "application/x-pem-file, application/x-x509-ca-cert, */*" };
  const reply = await send(transport, { url, headers, bytesMax: CERTIFICATE_BYTES_MAX });
  if (!reply.ok || reply.value.status !== 200) return null;
  const [leaf, ...between] = certificatesOf(reply.value.body.toString("latin1"));
  if (!leaf || commonNameOf(leaf) !== SIGNERS[account.environment]) return null;
  const chain = await chainOf(leaf, between, { account, transport });
  const now = transport.now();
  if (!chain?.every((certificate) => isCurrent(certificate, now))) return null;
  const key = checkRsaKey(leaf.publicKey);
  if (!key.ok) return null;
  const [validFrom, validTo] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  return { key: key.value, validFrom, validTo };
}

/** The leaf and everything up to a trusted root, each proved by the next one's key; null when it leads nowhere. */
async function chainOf(
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  way: { readonly account: Account; readonly transport: Transport },
): Promise<readonly X509Certificate[] | null> {
  const chain = [leaf];
  while (chain.length < CHAIN_MAX) {
    const top = chain.at(-1) ?? leaf;
    const root = rootsOf(way.account).find((candidate) => isIssuedBy(top, candidate));
    if (root) return [...chain, root];
    const issuer =
      between.find((candidate) => candidate.ca && isIssuedBy(top, candidate)) ??
      (await fetchIssuer(top, way.transport));
    if (!issuer) return null;
    chain.push(issuer);
  }
  return null;
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/**
 * PayPal serves the bare certificate at times, without the one between it and the root; it names where that one is. Nothing is
 * believed because of the address, only because of the keys; the address is held to the certificate authority's own.
 */
async function fetchIssuer(certificate: X509Certificate, transport: Transport): Promise<X509Certificate | null> {
  const url = /^CA Issuers - URI:(http:\/\/[a-z0-9.-]+\.digicert\.com\/[A-Za-z0-9._-]{1,128})$/m.exec(
    certificate.infoAccess ?? "",
  )?.[1];
  if (!url) return null;
  const reply = await send(transport, { url, bytesMax: CERTIFICATE_BYTES_MAX });
  if (!reply.ok || reply.value.status !== 200) return null;
  const issuer = certificateOf(reply.value.body);
  return issuer?.ca && isIssuedBy(certificate, issuer) ? issuer : null;
}

let publicRoots: readonly X509Certificate[] | null = null;
function rootsOf({ rootCertificate }: Account): readonly X509Certificate[] {
  if (rootCertificate) return [rootCertificate];
  publicRoots ??= rootCertificates.flatMap((pem) => certificateOf(pem) ?? []);
  return publicRoots;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const certificatesOf = (text: string): X509Certificate[] =>
  (text.match(BLOCK) ?? []).slice(0, CHAIN_MAX).flatMap((block) => certificateOf(block) ?? []);

function certificateOf(bytes: string | Buffer): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}

const commonNameOf = ({ subject }: X509Certificate): string | undefined =>
  subject.split("\n").flatMap((part) => (part.startsWith("CN=") ? [part.slice(3)] : []))[0];

const isCurrent = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
  Date.parse(validFrom) <= now && now <= Date.parse(validTo);

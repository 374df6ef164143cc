import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import type { Env } from "@/lib/platform/env";
import type { PasskeyAnswer } from "./schema";

/** What devices bind a key to: the shop's public address and its host. At another address no key answers. */
export interface PasskeySite {
  readonly origin: string;
  readonly host: string;
}

/** The site that keys of this shop are for. */
export function siteOf({ publicUrl }: Pick<Env, "publicUrl">): PasskeySite {
  const { origin, hostname } = new URL(publicUrl);
  return { origin, host: hostname };
}

/** ES256, EdDSA and RS256, named here so that all processes take the same ones whatever their runtime knows. */
export const ALGORITHMS = [-7, -8, -257];

/** The challenge that an answer says it answers; null where it says none. */
export function challengeIn({ response }: PasskeyAnswer): Buffer | null {
  try {
    const said = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString("utf8")) as {
      challenge?: unknown;
    };
    return typeof said.challenge === "string" ? Buffer.from(said.challenge, "base64url") : null;
  } catch {
    return null;
  }
}

interface Expected {
  readonly challenge: Buffer;
  readonly site: PasskeySite;
}

export interface NewPasskey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
}

/** Without certificates: who made the device is not asked, and what somebody else sends along is not looked into. */
function isPlain(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, "base64url")));
  const format = decoded.get("fmt");
  return format === "none" || (format === "packed" && decoded.get("attStmt").get("x5c") === undefined);
}

/** The key that a device has made for this site, its holder verified by the device; null for any other answer. */
export async function readNewKey(answer: PasskeyAnswer, { challenge, site }: Expected): Promise<NewPasskey | null> {
  const { attestationObject } = answer.response;
  if (!attestationObject) return null;
  try {
    if (!isPlain(attestationObject)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON,
      expectedChallenge: challenge.toString("base64url"),
      expectedOrigin: site.origin,
      expectedRPID: site.host,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return verified ? registrationInfo.credential : null;
  } catch {
    // The library says by throwing that an answer is not what it should be.
    return null;
  }
}

export interface KnownKey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly counter: bigint;
}

/** The count after a right answer of this key, its holder verified by the device; null for any other answer. */
export async function readProof(
  answer: PasskeyAnswer,
  { challenge, site, key }: Expected & { readonly key: KnownKey },
): Promise<number | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      expectedChallenge: challenge.toString("base64url"),
      expectedOrigin: site.origin,
      expectedRPID: site.host,
      requireUserVerification: true,
      credential: { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: Number(key.counter) },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}

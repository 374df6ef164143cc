import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/** A key pair of Ed25519 (RFC 8032) of which only the public half can be read. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** 64 bytes, the same each time for the same text. */
  sign(text: string): Buffer;
}

// What DER puts before the 32 bytes of a key (RFC 8410).
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** The key pair that 32 secret bytes stand for. */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(PUBLIC_PREFIX.length);
  return { publicKey, sign: (text) => sign(null, Buffer.from(text), key) };
}

function publicKeyOf(bytes: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: "der", type: "spki" });
  } catch {
    return null;
  }
}

/** Whether the holder of a key signed exactly this text; false also for bytes that are no key or no signature. */
export function isSignedBy(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  const key = publicKeyOf(publicKey);
  return key !== null && signature.length === 64 && verify(null, Buffer.from(text), key, signature);
}

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from "node:crypto";
import { Secret } from "@/lib/kernel/secret";

/** The master key that wraps new data keys; a later rotation adds a second id. */
export const MASTER_KEY_ID = "k1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 16;

/** Keys derived from `KAPU_SECRET`, one per purpose, so that a key that leaks opens one thing only. */
export interface Keys {
  /** Wraps batch data keys and gateway settings. */
  readonly master: Buffer;
  /** Makes access tokens of orders. */
  readonly orderToken: Buffer;
  /** Hashes request bodies for the idempotency check. */
  readonly requestHash: Buffer;
  /** Signs sessions. */
  readonly session: Secret;
  /** The seed of the key that signs the ledger's blocks. */
  readonly ledger: Buffer;
  /** Per merchant: blinds card texts for the duplicate check. */
  fingerprint(merchantId: string): Buffer;
}

/** HKDF-SHA-256 (RFC 5869) of the shop's secret under a label per purpose; 32 bytes each. */
export function deriveKeys(secret: Secret): Keys {
  const derive = (label: string) => Buffer.from(hkdfSync("sha256", secret.reveal(), "kapu", label, 32));
  const perMerchant = new Map<string, Buffer>();
  return {
    master: derive("master k1"),
    orderToken: derive("order token"),
    requestHash: derive("request hash"),
    ledger: derive("ledger signature"),
    session: new Secret(derive("session").toString("base64url")),
    fingerprint(merchantId) {
      const known = perMerchant.get(merchantId) ?? derive(`fingerprint ${merchantId}`);
      perMerchant.set(merchantId, known);
      return known;
    },
  };
}

const nonces = Buffer.alloc(NONCE_BYTES * 1_024);
let noncesTaken = nonces.length;

/** Twelve fresh random bytes; taken from the system a thousand at a time, because asking costs more than sealing a card. */
function nextNonce(): Buffer {
  if (noncesTaken === nonces.length) {
    randomFillSync(nonces);
    noncesTaken = 0;
  }
  noncesTaken += NONCE_BYTES;
  return Buffer.from(nonces.subarray(noncesTaken - NONCE_BYTES, noncesTaken));
}

/** AES-256-GCM; returns nonce ‖ ciphertext ‖ tag with a fresh random nonce. `aad` binds it to its place. */
export function seal(key: Uint8Array, plain: Uint8Array, aad: string): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The inverse of `seal`; throws when the key, the bytes or the place are not the ones it was sealed with. */
export function open(key: Uint8Array, sealed: Uint8Array, aad: string): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
}

export interface CardPlace {
  readonly merchantId: string;
  readonly variantId: string;
  readonly batchId: string;
  readonly cardId: string;
}

/** The associated data of a card: a ciphertext opens in its own row and in no other. */
export const cardAad = ({ merchantId, variantId, batchId, cardId }: CardPlace): string =>
  `card|${merchantId}|${variantId}|${batchId}|${cardId}`;

/** The associated data of a batch's wrapped data key. */
export const batchAad = ({ merchantId, variantId, batchId }: Omit<CardPlace, "cardId">): string =>
  `batch|${merchantId}|${variantId}|${batchId}`;

/** A new random data key for a batch: the key itself, and the key wrapped by the master key for the batch's row. */
export function newDataKey(
  keys: Keys,
  place: Omit<CardPlace, "cardId">,
): { dataKey: Buffer; wrapped: Buffer; keyId: string } {
  const dataKey = randomBytes(32);
  return { dataKey, wrapped: seal(keys.master, dataKey, batchAad(place)), keyId: MASTER_KEY_ID };
}

/** Unwraps a batch's data key; throws when it was wrapped for another batch. */
export const openDataKey = (keys: Keys, wrapped: Uint8Array, place: Omit<CardPlace, "cardId">): Buffer =>
  open(keys.master, wrapped, batchAad(place));

/** The blind index of a card's text: equal texts of one merchant have equal fingerprints, and nobody without the key can test a guess. */
export const fingerprint = (key: Uint8Array, text: Uint8Array): Buffer =>
  createHmac("sha256", key).update(text).digest().subarray(0, FINGERPRINT_BYTES);

/** The access token of an order: 256 bits, the same each time, so that a replay can answer it without storing it. */
export const orderToken = (keys: Keys, orderId: string): Secret =>
  new Secret(createHmac("sha256", keys.orderToken).update(orderId).digest("base64url"));

export const sha256 = (text: string | Uint8Array): Buffer => hash("sha256", text, "buffer");

/** Whether a token is the one whose SHA-256 is on record; takes the same time for every wrong one. */
export const isTokenOf = (token: Secret, hash: Uint8Array): boolean => timingSafeEqual(sha256(token.reveal()), hash);

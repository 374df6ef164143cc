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

/** A key that wraps others, and the name by which rows say that they are wrapped by it. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Master keys that the surroundings name: the one that wraps, and those that may still open. */
export interface NamedMasterKeys {
  readonly current: Secret | null;
  readonly previous: readonly Secret[];
}
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 16;

/** Keys derived from `KAPU_SECRET`, one per purpose, so that a key that leaks opens one thing only. */
export interface Keys {
  /** Wraps whatever is wrapped now: data keys of batches, settings of gateways, secrets of authenticators. */
  readonly master: MasterKey;
  /** All that may open what was wrapped: the present one first, then those of before. */
  readonly masters: readonly MasterKey[];
  /** Makes access tokens of orders. */
  readonly orderToken: Buffer;
  /** Hashes request bodies for the idempotency check. */
  readonly requestHash: Buffer;
  /** Signs sessions. */
  readonly session: Secret;
  /** The seed of the key that signs the ledger's blocks. */
  readonly ledger: Buffer;
  /** Makes the secrets that sign webhooks. */
  readonly webhook: Buffer;
  /** Signs the challenges that passkeys answer. */
  readonly challenge: Buffer;
  /** Per merchant: blinds card texts for the duplicate check. */
  fingerprint(merchantId: string): Buffer;
}

const deriveFrom = (secret: Secret, label: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret.reveal(), "kapu", label, 32));

/** A named master key: its name comes out of the key itself, so that two processes never mean different keys by one name. */
function namedMaster(secret: Secret): MasterKey {
  const key = deriveFrom(secret, "master");
  return { id: `m${createHmac("sha256", key).update("key id").digest("hex").slice(0, 15)}`, key };
}

/**
 * HKDF-SHA-256 (RFC 5869) of the shop's secret under a label per purpose; 32 bytes each. The master key is the shop's
 * secret's own, `k1`, until the surroundings name another (docs/decisions/0024-vault.md).
 */
export function deriveKeys(secret: Secret, named: NamedMasterKeys = { current: null, previous: [] }): Keys {
  const derive = (label: string) => deriveFrom(secret, label);
  const own: MasterKey = { id: "k1", key: derive("master k1") };
  const masters = [...(named.current ? [namedMaster(named.current)] : []), ...named.previous.map(namedMaster), own];
  const perMerchant = new Map<string, Buffer>();
  return {
    master: named.current ? (masters[0] ?? own) : own,
    masters,
    orderToken: derive("order token"),
    requestHash: derive("request hash"),
    ledger: derive("ledger signature"),
    webhook: derive("webhook"),
    challenge: derive("passkey challenge"),
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

/** What binds what a buyer wrote to his order. */
export const answersAad = (orderId: string): string => `answers|${orderId}`;

/** The associated data of a batch's wrapped data key. */
export const batchAad = ({ merchantId, variantId, batchId }: Omit<CardPlace, "cardId">): string =>
  `batch|${merchantId}|${variantId}|${batchId}`;

/** What a master key keeps: the bytes, and the name of the key, which belong in one row. */
export interface Wrapped {
  readonly sealed: Buffer;
  readonly keyId: string;
}

/** Seals under the present master key; `aad` binds the bytes to their row. */
export const wrap = ({ master }: Pick<Keys, "master">, plain: Uint8Array, aad: string): Wrapped => ({
  sealed: seal(master.key, plain, aad),
  keyId: master.id,
});

/** Opens what any of the shop's master keys sealed for this row; throws when none of them did. */
export function unwrap({ masters }: Pick<Keys, "masters">, sealed: Uint8Array, aad: string): Buffer {
  let failure: unknown;
  for (const { key } of masters) {
    try {
      return open(key, sealed, aad);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** A new random data key for a batch: the key itself, and the key wrapped by the master key for the batch's row. */
export function newDataKey(
  keys: Keys,
  place: Omit<CardPlace, "cardId">,
): { dataKey: Buffer; wrapped: Buffer; keyId: string } {
  const dataKey = randomBytes(32);
  const { sealed, keyId } = wrap(keys, dataKey, batchAad(place));
  return { dataKey, wrapped: sealed, keyId };
}

/** Unwraps a batch's data key; throws when it was wrapped for another batch. */
export const openDataKey = (keys: Keys, wrapped: Uint8Array, place: Omit<CardPlace, "cardId">): Buffer =>
  unwrap(keys, wrapped, batchAad(place));

/** The associated data of a gateway account's settings. */
export const accountAad = (accountId: string): string => `gateway_account|${accountId}`;

/** The associated data of the token of a merchant's bot. */
export const channelAad = (merchantId: string): string => `alert_channel|${merchantId}`;

/** The associated data of a person's authenticator secret. */
export const factorAad = (userId: string): string => `user_factor|${userId}`;

/** The blind index of a card's text: equal texts of one merchant have equal fingerprints, and nobody without the key can test a guess. */
export const fingerprint = (key: Uint8Array, text: Uint8Array): Buffer =>
  createHmac("sha256", key).update(text).digest().subarray(0, FINGERPRINT_BYTES);

/** The access token of an order: 256 bits, the same each time, so that a replay can answer it without storing it. */
export const orderToken = (keys: Keys, orderId: string): Secret =>
  new Secret(createHmac("sha256", keys.orderToken).update(orderId).digest("base64url"));

export const sha256 = (text: string | Uint8Array): Buffer => hash("sha256", text, "buffer");

/** Whether a token is the one whose SHA-256 is on record; takes the same time for every wrong one. */
export const isTokenOf = (token: Secret, hash: Uint8Array): boolean => timingSafeEqual(sha256(token.reveal()), hash);

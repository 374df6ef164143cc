import { uuidv7 } from "uuidv7";
import { assert } from "./assert";
import { err, ok, type Result } from "./result";

/** Every public id is one of these prefixes and 32 hexadecimal digits; the database holds the bare UUIDv7 (of a preview, a random one). */
export const ID_PREFIXES = {
  product: "prd",
  variant: "var",
  order: "ord",
  attempt: "pay",
  batch: "bat",
  merchant: "mer",
  category: "cat",
  statement: "stm",
  card: "crd",
  export: "exp",
  upload: "upl",
  dispute: "dsp",
  finding: "fnd",
  preview: "pck",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** A new UUIDv7: later ids sort later, so that index pages fill in order. */
export const newId = (): string => uuidv7();

const HEX = "0123456789abcdef";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const pool = new Uint8Array(4_096);
let poolTaken = pool.length;

/** Takes fresh random bytes, each once, from the system's generator: asked by the page, as asking costs more than the bytes. */
function spell(letters: number, alphabet: string): string {
  assert(letters <= pool.length, "a page of randomness spells a short text");
  if (poolTaken + letters > pool.length) {
    crypto.getRandomValues(pool);
    poolTaken = 0;
  }
  let text = "";
  for (const end = poolTaken + letters; poolTaken < end; poolTaken++) {
    text += alphabet[(pool[poolTaken] as number) % alphabet.length];
    pool[poolTaken] = 0;
  }
  return text;
}

/** Uniform random text over Crockford's 32 letters, 5 bits each, from the system's generator. */
export const randomText = (letters: number): string => spell(letters, CROCKFORD);

/** Random hexadecimal text; used where a gateway allows only [a-z0-9]. */
export const randomHex = (digits: number): string => spell(digits, HEX);

/** An order number a person can read out, "YYMMDD-XXXXX-XXXXX": 50 random bits, so one number tells nothing of the next. */
export function newOrderNumber(nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(2, 10).replaceAll("-", "");
  const random = randomText(10);
  return `${day}-${random.slice(0, 5)}-${random.slice(5)}`;
}

/** The number a gateway knows one payment attempt by: 32 letters [A-Z0-9], 155 random bits, accepted by every gateway. */
export const newOutTradeNo = (): string => `K${randomText(31)}`;

const QUOTA_KEY = /^kq_[0-9A-HJKMNP-TV-Z]{52}$/;

/** A key that its buyer spends piece by piece: 260 random bits, so its SHA-256 gives nothing away and is never met twice. */
export const newQuotaKey = (): string => `kq_${randomText(52)}`;

/** Whether a text can be such a key at all. */
export const isQuotaKey = (text: string): boolean => QUOTA_KEY.test(text);

/** "ord_0198…": how an id leaves the shop. */
export const toPublicId = (kind: IdKind, uuid: string): string => `${ID_PREFIXES[kind]}_${uuid.replaceAll("-", "")}`;

/** Reads a public id of one kind back to its UUID; anything else is `malformed`. */
export function fromPublicId(kind: IdKind, text: string): Result<string, "malformed"> {
  const prefix = `${ID_PREFIXES[kind]}_`;
  const hex = text.startsWith(prefix) ? text.slice(prefix.length) : "";
  if (!/^[0-9a-f]{32}$/.test(hex)) return err("malformed");
  return ok(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}

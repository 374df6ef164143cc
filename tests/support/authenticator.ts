import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const sha256 = (data: Buffer | string): Buffer => createHash("sha256").update(data).digest();
const base64url = (data: Buffer): string => data.toString("base64url");

/** CBOR of what an authenticator says, and no more of it. */
const bytes = (data: Buffer): Buffer =>
  data.length < 24
    ? Buffer.concat([Buffer.from([0x40 + data.length]), data])
    : data.length < 256
      ? Buffer.concat([Buffer.from([0x58, data.length]), data])
      : Buffer.concat([Buffer.from([0x59, data.length >> 8, data.length & 255]), data]);
const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

interface Saying {
  /** As a page at this address would have it. */
  readonly origin?: string;
  readonly host?: string;
  /** Whether the device has asked for a finger, a face or a number. */
  readonly isVerified?: boolean;
}

/** A device that holds one key (ES256), as WebAuthn level 2 describes it; every byte is made here, so that each can be made wrong. */
export class Authenticator {
  readonly id = base64url(randomBytes(32));
  count = 0;
  /** A key that goes with its holder from device to device says 0 each time. */
  isCounting = true;
  readonly #key: KeyObject;
  readonly #cose: Buffer;

  constructor(readonly site: { readonly origin: string; readonly host: string }) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    this.#cose = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      bytes(Buffer.from(x, "base64url")),
      Buffer.from([0x22]),
      bytes(Buffer.from(y, "base64url")),
    ]);
  }

  /** The answer to a page that asks for a new key. */
  create({ challenge }: { challenge: string }, saying: Saying = {}) {
    const id = Buffer.from(this.id, "base64url");
    const key = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, this.#cose]);
    const data = Buffer.concat([this.#head(saying, HAS_KEY), key]);
    const attestation = [Buffer.from([0xa3]), text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0])];
    const attestationObject = Buffer.concat([...attestation, text("authData"), bytes(data)]);
    return this.#answer({
      clientDataJSON: this.#client("webauthn.create", challenge, saying),
      attestationObject: base64url(attestationObject),
      transports: ["internal"],
    });
  }

  /** The answer to a page that asks for a proof. */
  prove({ challenge }: { challenge: string }, saying: Saying = {}) {
    if (this.isCounting) this.count += 1;
    const data = this.#head(saying, 0);
    const clientDataJSON = this.#client("webauthn.get", challenge, saying);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, "base64url"))]);
    const signature = sign("sha256", signed, this.#key);
    return this.#answer({ clientDataJSON, authenticatorData: base64url(data), signature: base64url(signature) });
  }

  #answer<R extends object>(response: R) {
    return { id: this.id, rawId: this.id, type: "public-key" as const, clientExtensionResults: {}, response };
  }

  #client(type: string, challenge: string, { origin = this.site.origin }: Saying): string {
    return base64url(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })));
  }

  #head({ host = this.site.host, isVerified = true }: Saying, flags: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.count);
    return Buffer.concat([sha256(host), Buffer.from([flags | PRESENT | (isVerified ? VERIFIED : 0)]), count]);
  }
}

import type { Pair } from "../port";
import { isSignedByRsa, signRsa } from "../rsa";
import { canonicalText, isSignedBy, signatureOf } from "./codec";
import type { EpayConfig } from "./settings";

type Signer = Pick<EpayConfig, "signing" | "profile">;

/** The pairs with this account's signature behind them, in the order given. */
export const signedPairs = (pairs: readonly Pair[], { signing, profile }: Signer): Pair[] =>
  signing.mode === "RSA"
    ? [...pairs, ["sign", signRsa(canonicalText(pairs), signing.privateKey)], ["sign_type", "RSA"]]
    : [...pairs, ["sign", signatureOf(spelled(pairs, profile), signing.key.reveal())], ["sign_type", "MD5"]];

/** Whether this account's gateway signed the pairs. The account chooses the algorithm; `sign_type` is never consulted. */
export const isSignedForUs = (pairs: readonly Pair[], sign: string, { signing, profile }: Signer): boolean =>
  signing.mode === "RSA"
    ? isSignedByRsa(canonicalText(pairs), sign, signing.platformKey)
    : isSignedBy(spelled(pairs, profile), sign, signing.key.reveal());

/** The pairs as this server signs them. */
const spelled = (pairs: readonly Pair[], { signsEscaped }: EpayConfig["profile"]): readonly Pair[] =>
  signsEscaped ? pairs.map(([name, value]) => [name, rfc3986(value)]) : pairs;

const rfc3986 = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

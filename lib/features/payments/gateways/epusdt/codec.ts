import { type JsonField, textField, writeFlatJson } from "../flat-json";
import { canonicalJsonText, goNumber, isSignedJson, type JsonSigner, signatureOfText } from "../json-signature";
import type { EpusdtConfig, EpusdtFlavour } from "./settings";

/** No letter of these can shift the border between two signed members. */
export const ORDER_ID = /^[A-Za-z0-9]{1,32}$/;
export const TRADE_ID = /^[A-Za-z0-9_-]{1,64}$/;

const signerOf = ({ algorithm, token }: EpusdtConfig): JsonSigner => ({ algorithm, token, name: "signature" });

/** Whether a notice carries this account's signature. */
export const isSigned = (fields: readonly JsonField[], config: EpusdtConfig): boolean =>
  isSignedJson(fields, signerOf(config));

/**
 * A request's body with its signature. BEpusdt checks over numbers as Go prints them, the others over plain digits; both
 * read the body the same.
 */
export function signedBody(fields: readonly JsonField[], config: EpusdtConfig): string {
  const signer = signerOf(config);
  const text = canonicalJsonText(fields, signer, config.flavour === "bepusdt" ? goNumber : undefined);
  return writeFlatJson([...fields, textField("signature", signatureOfText(text, signer))]);
}

/** Chains whose own coin BEpusdt names behind the chain (`tron.trx`); everything else has the coin in front. */
const NATIVE_CHAINS = new Set(["tron", "bsc", "ethereum", "polygon", "solana", "ton", "aptos", "arbitrum", "base"]);

/** What a trade type stands for: `usdt.trc20` is USDT on TRC20, `tron.trx` is TRX on TRON. */
export function coinOf(tradeType: string, flavour: EpusdtFlavour): { readonly coin: string; readonly network: string } {
  const [left = "", right = ""] = tradeType.split(".");
  const isNative = flavour === "bepusdt" && NATIVE_CHAINS.has(left);
  const [coin, network] = isNative ? [right, left] : [left, right];
  return { coin: coin.toUpperCase(), network: network.toUpperCase() };
}

import { type JsonField, textField, writeFlatJson } from "../flat-json";
import { canonicalJsonText, isSignedJson, type JsonSigner, signatureOfText } from "../json-signature";
import type { TokenpayConfig } from "./settings";

/** No letter of these can shift the border between two signed members. */
export const OUT_ORDER_ID = /^[A-Za-z0-9]{1,32}$/;
/** The server's number, a GUID. */
export const ORDER_ID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const signerOf = ({ algorithm, token }: Pick<TokenpayConfig, "algorithm" | "token">): JsonSigner => ({
  algorithm,
  token,
  name: "Signature",
});

/** The signature of a request's members. */
export const signatureOf = (
  fields: readonly JsonField[],
  config: Pick<TokenpayConfig, "algorithm" | "token">,
): string => signatureOfText(canonicalJsonText(fields, signerOf(config)), config);

/** A request's body with its signature, a number with the letters that were signed. */
export const signedBody = (fields: readonly JsonField[], config: TokenpayConfig): string =>
  writeFlatJson([...fields, textField("Signature", signatureOf(fields, config))]);

/** Whether a notice carries this account's signature. */
export const isSigned = (fields: readonly JsonField[], config: TokenpayConfig): boolean =>
  isSignedJson(fields, signerOf(config));

/** Where the server has one merchant only, the account is the server. */
export const accountRefOf = ({ baseUrl }: Pick<TokenpayConfig, "baseUrl">): string => new URL(baseUrl).host;

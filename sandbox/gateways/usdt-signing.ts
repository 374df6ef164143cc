import { createHash, createHmac } from "node:crypto";

export type Algorithm = "md5" | "hmac_sha256";
/** Members in the order they are written. */
export type Members = Readonly<Record<string, string | number | undefined>>;

/** Go's fmt prints a float with an exponent below 1e-4 and from 1e6 on; its JSON does not. */
export function goPrint(value: number): string {
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** What the servers of this family sign: what is not empty, sorted by name. */
export function signedText(members: Members, omit: string, print: (value: number) => string = String): string {
  const lines: string[] = [];
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (name === omit || value === undefined || value === null || value === "") continue;
    lines.push(`${name}=${typeof value === "number" ? print(value) : value}`);
  }
  return lines.join("&");
}

export const signText = (text: string, key: string, algorithm: Algorithm): string =>
  algorithm === "md5"
    ? createHash("md5")
        .update(text + key, "utf8")
        .digest("hex")
    : createHmac("sha256", key).update(text, "utf8").digest("hex");

import { X509Certificate } from "node:crypto";
import { err, ok, type Result } from "@/lib/kernel/result";

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const CERTIFICATES_MAX = 16;

/** The certificates of a PEM text, in their order. */
export function readCertificates(text: string): Result<readonly X509Certificate[], "malformed"> {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > CERTIFICATES_MAX) return err("malformed");
  try {
    return ok(blocks.map((block) => new X509Certificate(block)));
  } catch {
    return err("malformed");
  }
}

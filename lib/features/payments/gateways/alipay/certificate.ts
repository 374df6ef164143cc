import { hash, type X509Certificate } from "node:crypto";

/** 1.2.840.113549.1.1: signed with RSA. Alipay's root file also holds SM2 roots, which do not count here. */
const RSA_OID = Buffer.from("2a864886f70d0101", "hex");

/** Alipay's serial number of a certificate: MD5 of its issuer, most special part first, and its number in decimal. */
export function serialOf(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split("\n").reverse().join(",");
  return hash("md5", issuer + BigInt(`0x${certificate.serialNumber}`).toString(10), "hex");
}

/** The serial number of a file of roots: those that were signed with RSA, joined. */
export const rootSerialOf = (roots: readonly X509Certificate[]): string =>
  roots
    .filter((root) => signatureOid(root.raw).subarray(0, RSA_OID.length).equals(RSA_OID))
    .map(serialOf)
    .join("_");

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, … }; node 20 does not tell the algorithm. */
function signatureOid(der: Buffer): Buffer {
  const inside = contentOf(der, 0);
  const toBeSigned = contentOf(der, inside.start);
  const algorithm = contentOf(der, toBeSigned.end);
  const oid = contentOf(der, algorithm.start);
  return der.subarray(oid.start, oid.end);
}

/** Where the content of the DER element at an offset lies. */
function contentOf(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  const start = at + 2 + octets;
  return { start, end: start + der.readUIntBE(at + 2, octets) };
}

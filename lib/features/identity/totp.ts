import { generateSecret, generateURI, verifySync } from "otplib";
import { Secret } from "@/lib/kernel/secret";

/** RFC 6238 as every authenticator speaks it: SHA-1, six digits, a step of thirty seconds. */
const STEP_SECONDS = 30;

/** A new random secret of 160 bits in base32, as an authenticator takes it. */
export const newTotpSecret = (): Secret => new Secret(generateSecret());

/** What the QR code says to an authenticator: for whom, of which shop, and the secret itself. */
export const totpUri = (secret: Secret, { issuer, label }: { issuer: string; label: string }): Secret =>
  new Secret(generateURI({ issuer, label, secret: secret.reveal() }));

/** The time step that a code belongs to, one step before and after now included; null for any other code. */
export function findTimeStep(secret: Secret, code: string, nowSeconds: number): number | null {
  const epoch = Math.floor(nowSeconds);
  const checked = verifySync({ secret: secret.reveal(), token: code, epoch, epochTolerance: STEP_SECONDS });
  return checked.valid ? Math.floor(epoch / STEP_SECONDS) + checked.delta : null;
}

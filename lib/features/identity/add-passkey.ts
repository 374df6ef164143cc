import { generateRegistrationOptions, type PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { ALGORITHMS, challengeIn, readNewKey, siteOf } from "./passkey-ceremony";
import { type ChallengeUse, isOurChallenge, mintChallenge, spendChallenge } from "./passkey-challenge";
import { findDescriptors, insertPasskey } from "./passkeys";
import type { PasskeyAnswer } from "./schema";
import type { SignedIn } from "./sessions";

/** factor_needed: no second factor is in use · passkey_refused: not an answer to our challenge, from our address, with its holder verified. */
export type AddRefusal = "factor_needed" | "passkey_refused" | "passkey_known" | "too_many_passkeys";

const useOf = ({ stepUp }: Proven): ChallengeUse => ({ purpose: "add", sessionId: stepUp.sessionId });

const recordChange = (tx: Tx, viewer: Viewer, action: string, name: string): Promise<void> =>
  recordAudit(tx, {
    actor: viewer,
    action,
    subjectKind: "user",
    subjectId: viewer.userId,
    merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
    detail: { name },
  });

/**
 * What a browser is told to make a key. Only where the second factor is in use: then there are recovery codes, whatever becomes of
 * the device.
 */
export async function askNewPasskey(
  { db, env, keys }: Deps,
  viewer: Proven,
  { email, hasFactor, merchantName }: Pick<SignedIn, "email" | "hasFactor" | "merchantName">,
): Promise<Result<PublicKeyCredentialCreationOptionsJSON, "factor_needed">> {
  if (!hasFactor) return err("factor_needed");
  const known = await findDescriptors(db, viewer.userId);
  const options = await generateRegistrationOptions({
    rpName: merchantName ?? "Kapu",
    rpID: siteOf(env).host,
    userName: email,
    userID: new Uint8Array(Buffer.from(viewer.userId.replaceAll("-", ""), "hex")),
    challenge: new Uint8Array(await mintChallenge(db, keys, useOf(viewer))),
    timeout: limits.passkeyChallengeSeconds * 1_000,
    attestationType: "none",
    excludeCredentials: known,
    // Signing in without a name needs a key that the device finds by itself; and a key alone is two things only with its holder verified.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return ok(options);
}

/** Keeps the key that a device made for this session's challenge, which is spent with it. */
export async function addPasskey(
  deps: Deps,
  viewer: Proven,
  { name, answer }: { name: string; answer: PasskeyAnswer },
): Promise<Result<null, AddRefusal>> {
  const { userId } = viewer;
  const challenge = challengeIn(answer);
  if (!challenge || !isOurChallenge(deps.keys, challenge, useOf(viewer))) return err("passkey_refused");
  const key = await readNewKey(answer, { challenge, site: siteOf(deps.env) });
  if (!key) return err("passkey_refused");
  const transports = answer.response.transports ?? [];
  return inTransaction<null, AddRefusal>(deps.db, async (tx) => {
    if (!(await spendChallenge(tx, challenge))) return err("passkey_refused");
    const kept = await insertPasskey(tx, { ...key, userId, name, transports, max: limits.passkeysPerUserMax });
    if (kept === "not_enrolled") return err("factor_needed");
    if (kept === "too_many") return err("too_many_passkeys");
    if (kept === "known") return err("passkey_known");
    await recordChange(tx, viewer, "user.passkey_added", name);
    return ok(null);
  });
}

/** Forgets one of the viewer's own keys: from then on it opens nothing. */
export const removePasskey = (deps: Deps, viewer: Proven, id: string): Promise<Result<null, "not_found">> =>
  inTransaction<null, "not_found">(deps.db, async (tx) => {
    const { userId } = viewer;
    const key = await tx.passkey.findFirst({ where: { id, userId }, select: { name: true } });
    if (!key || (await tx.passkey.deleteMany({ where: { id, userId } })).count === 0) return err("not_found");
    await recordChange(tx, viewer, "user.passkey_removed", key.name);
    return ok(null);
  });

import { generateAuthenticationOptions, type PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { challengeIn, readProof, siteOf } from "./passkey-ceremony";
import { type ChallengeUse, isOurChallenge, mintChallenge, spendChallenge } from "./passkey-challenge";
import { findDescriptors, findUsableKey, noteUse } from "./passkeys";
import type { PasskeyAnswer } from "./schema";
import { type AwaitedFactor, markProved, openSession, revokeSession, type SignedIn } from "./sessions";
import type { OpenedSession } from "./sign-in";

/** Who shows a key: somebody whose password was right, somebody signed in, or somebody whom the key itself names. */
export interface Asker {
  readonly awaited: AwaitedFactor | null;
  readonly session: SignedIn | null;
}

/** Anything but a right, first answer to a challenge of this very session, by a key that may be used: one code, which tells nothing. */
export type PasskeyRefusal = "passkey_refused";

function useOf({ awaited, session }: Asker): ChallengeUse {
  if (awaited) return { purpose: "factor", sessionId: awaited.sessionId };
  return session ? { purpose: "step_up", sessionId: session.sessionId } : { purpose: "sign_in" };
}

const personOf = ({ awaited, session }: Asker): Viewer | null => awaited?.viewer ?? session?.viewer ?? null;

/** What a browser is told to ask its devices for: one of this person's keys, or, of nobody known yet, any key of this shop. */
export async function askPasskey(
  { db, env, keys }: Deps,
  asker: Asker,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const person = personOf(asker);
  return generateAuthenticationOptions({
    rpID: siteOf(env).host,
    challenge: new Uint8Array(await mintChallenge(db, keys, useOf(asker))),
    allowCredentials: person ? await findDescriptors(db, person.userId) : undefined,
    timeout: limits.passkeyChallengeSeconds * 1_000,
    userVerification: "required",
  });
}

/**
 * Takes the proof of a key: of this person, for a challenge that was asked in this session, signed by the device for this address, and
 * not shown before. `spent` runs in the transaction that spends the challenge.
 */
async function proveByPasskey<T>(
  deps: Deps,
  { asker, answer }: { asker: Asker; answer: PasskeyAnswer },
  spent: (tx: Tx, viewer: Viewer) => Promise<T>,
): Promise<Result<T, PasskeyRefusal>> {
  const challenge = challengeIn(answer);
  if (!challenge || !isOurChallenge(deps.keys, challenge, useOf(asker))) return refuse(deps);
  const key = await findUsableKey(deps.db, answer.id);
  const person = personOf(asker);
  if (!key || (person && person.userId !== key.viewer.userId)) return refuse(deps);
  const count = await readProof(answer, { challenge, site: siteOf(deps.env), key });
  if (count === null) return refuse(deps);
  return inTransaction<T, PasskeyRefusal>(deps.db, async (tx) => {
    if (!(await spendChallenge(tx, challenge)) || !(await noteUse(tx, { id: key.id, count }))) return refuse(deps);
    return ok(await spent(tx, key.viewer));
  });
}

function refuse({ log }: Pick<Deps, "log">) {
  log.info("passkey.refused");
  return err("passkey_refused" as const);
}

/**
 * Opens a session for whoever shows a key: alone, because the device has verified its holder, or after the password, in place of a code.
 * The session that waited ends with it.
 */
export async function signInByPasskey(
  deps: Deps,
  { awaited, answer, userAgent }: { awaited: AwaitedFactor | null; answer: PasskeyAnswer; userAgent: string },
): Promise<Result<OpenedSession, PasskeyRefusal>> {
  const opened = await proveByPasskey(deps, { asker: { awaited, session: null }, answer }, async (tx, viewer) => {
    const { userId } = viewer;
    if (awaited) await revokeSession(tx, { userId, sessionId: awaited.sessionId });
    const { id: sessionId, expiresAt } = await openSession(tx, { userId, userAgent, awaitsFactor: false });
    return { sessionId, userId, role: viewer.kind, expiresAt, awaitsFactor: false };
  });
  if (opened.ok) deps.log.info("session.opened", { userId: opened.value.userId, sessionId: opened.value.sessionId });
  return opened;
}

/** Notes in the session's row that its holder has just shown one of their keys. */
export const stepUpByPasskey = (
  deps: Deps,
  { session, answer }: { session: SignedIn; answer: PasskeyAnswer },
): Promise<Result<null, PasskeyRefusal>> =>
  proveByPasskey(deps, { asker: { awaited: null, session }, answer }, async (tx) => {
    await markProved(tx, { userId: session.userId, sessionId: session.sessionId });
    return null;
  });

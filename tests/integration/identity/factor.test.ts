import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdmin } from "@/lib/features/identity/accounts";
import {
  disableFactor,
  finishEnrolment,
  renewRecoveryCodes,
  resetFactor,
  startEnrolment,
} from "@/lib/features/identity/enrol";
import { findPendingSecret, viewFactor } from "@/lib/features/identity/factors";
import { findAwaited, findSignedIn, listSessions, type SignedIn } from "@/lib/features/identity/sessions";
import { finishSignIn, signIn } from "@/lib/features/identity/sign-in";
import { proofOf, stepUp } from "@/lib/features/identity/step-up";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { createDatabase, type TestDatabase } from "../../support/database";
import { proven } from "../../support/proven";
import { openDeps } from "../../support/shop";

const PASSWORD = "correct horse battery";
let database: TestDatabase;
let deps: Deps;
/** A second process on the same database. */
let other: Deps;
let counter = 0;

beforeAll(async () => {
  database = await createDatabase();
  deps = openDeps(database);
  other = openDeps(database);
});
afterAll(async () => {
  await closeDeps(deps);
  await closeDeps(other);
  await database.drop();
});

const attempt = (email: string) =>
  signIn(deps, {
    email,
    password: new Secret(PASSWORD),
    address: `10.1.0.${++counter % 250}`,
    userAgent: "test",
  });

async function opened(email: string): Promise<SignedIn> {
  const session = await attempt(email);
  const signedIn = session.ok ? await findSignedIn(deps, session.value.sessionId) : null;
  if (!signedIn) throw new Error("not signed in");
  return signedIn;
}

async function person() {
  const email = `factor${++counter}@shop.test`;
  const created = await createAdmin(deps, { email, password: new Secret(PASSWORD) });
  if (!created.ok) throw new Error(created.error);
  return { email, session: await opened(email) };
}

/** The code of so many steps from now. */
const codeOf = (secret: Secret, steps = 0): Secret =>
  new Secret(generateSync({ secret: secret.reveal(), epoch: Math.floor(Date.now() / 1000) + steps * 30 }));

/** The clock must not pass into the next step between the making of a code and its use. */
async function earlyInAStep(): Promise<void> {
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 6_000) await new Promise((wake) => setTimeout(wake, left + 50));
}

/** Somebody whose authenticator is in use; its code of one step ago was the one that confirmed it. */
async function enrolled() {
  const { email, session } = await person();
  const { viewer, userId, sessionId } = session;
  expect((await startEnrolment(deps, proven(viewer))).ok).toBe(true);
  const secret = (await findPendingSecret(deps, userId))!;
  await earlyInAStep();
  const codes = await finishEnrolment(deps, { viewer, sessionId, code: codeOf(secret, -1) });
  if (!codes.ok) throw new Error(codes.error);
  return { email, session, viewer, userId, secret, codes: codes.value };
}

/** Makes what was used long ago, as time would; the guard of the table is the owner's to lift. */
async function forgetSteps(userId: string): Promise<void> {
  await deps.db.userFactor.delete({ where: { userId } }).catch(() => {});
}

async function awaiting(email: string) {
  const session = await attempt(email);
  if (!session.ok) throw new Error(session.error);
  expect(session.value.awaitsFactor).toBe(true);
  const awaited = await findAwaited(deps, session.value.sessionId);
  if (!awaited) throw new Error("no factor is waited for");
  return awaited;
}
const finish = (awaited: NonNullable<Awaited<ReturnType<typeof findAwaited>>>, code: Secret, at = deps) =>
  finishSignIn(at, { awaited, code, userAgent: "test" });

describe("setting a factor up", () => {
  test("takes it into use only for a code of the secret that was shown, and ends the sessions that a password opened", async () => {
    const { email, session } = await person();
    const second = await opened(email);
    const { viewer, userId, sessionId } = session;
    await startEnrolment(deps, proven(viewer));
    const replaced = (await findPendingSecret(deps, userId))!;
    await startEnrolment(deps, proven(viewer));
    const secret = (await findPendingSecret(deps, userId))!;
    expect(secret.reveal()).not.toBe(replaced.reveal());
    await earlyInAStep();
    expect(await finishEnrolment(deps, { viewer, sessionId, code: codeOf(replaced) })).toEqual({
      ok: false,
      error: "wrong_code",
    });
    expect((await attempt(email)).ok && (await viewFactor(deps, userId)).confirmedAt).toBeNull();
    const codes = await finishEnrolment(deps, { viewer, sessionId, code: codeOf(secret) });
    expect(codes.ok && new Set(codes.value.map((code) => code.reveal())).size).toBe(limits.recoveryCodes);
    expect(await findSignedIn(deps, second.sessionId)).toBeNull();
    expect((await findSignedIn(deps, sessionId))?.hasFactor).toBe(true);
    expect(await findPendingSecret(deps, userId)).toBeNull();
    expect(await startEnrolment(deps, proven(viewer))).toEqual({ ok: false, error: "already_enrolled" });
  });

  test("leaves neither the secret nor a recovery code in the database", async () => {
    const { secret, codes } = await enrolled();
    const [factors, hashes] = [await deps.db.userFactor.findMany(), await deps.db.recoveryCode.findMany()];
    const stored = [...factors.map((row) => row.secret), ...hashes.map((row) => row.codeHash)]
      .map((bytes) => Buffer.from(bytes).toString("latin1"))
      .join();
    for (const text of [secret, ...codes]) expect(stored).not.toContain(text.reveal());
  });
});

describe("signing in with a factor", () => {
  test("a password alone opens a session that opens nothing", async () => {
    const { email, userId } = await enrolled();
    const awaited = await awaiting(email);
    expect(await findSignedIn(deps, awaited.sessionId)).toBeNull();
    expect((await listSessions(deps, userId)).map(({ id }) => id)).not.toContain(awaited.sessionId);
  });

  test("a code opens another session, and the one that waited is over", async () => {
    const { email, secret } = await enrolled();
    const awaited = await awaiting(email);
    await earlyInAStep();
    const done = await finish(awaited, codeOf(secret));
    expect(done.ok && (await findSignedIn(deps, done.value.sessionId))?.isProved).toBe(true);
    expect(await findAwaited(deps, awaited.sessionId)).toBeNull();
    expect(done.ok && done.value.sessionId).not.toBe(awaited.sessionId);
  });

  test("a code is good once, also for two processes that are shown it at the same moment", async () => {
    const { email, secret } = await enrolled();
    const waits = [await awaiting(email), await awaiting(email)] as const;
    await earlyInAStep();
    const code = codeOf(secret);
    const both = await Promise.all([finish(waits[0], code), finish(waits[1], code, other)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await finish(await awaiting(email), code)).toEqual({ ok: false, error: "wrong_code" });
  });

  test("codes of one step before and after now pass, and of two steps do not", async () => {
    const { email, secret } = await enrolled();
    await earlyInAStep();
    for (const [steps, isRight] of [
      [2, false],
      [-2, false],
      [-1, false], // The one that confirmed it.
      [0, true],
      [1, true],
    ] as const)
      expect([steps, (await finish(await awaiting(email), codeOf(secret, steps))).ok]).toEqual([steps, isRight]);
  });

  test("a recovery code lets in once, in small letters and without its dash, and its use is on record", async () => {
    const { email, userId, codes } = await enrolled();
    const typed = new Secret(` ${codes[3]!.reveal().toLowerCase().replace("-", " ")} `);
    const waits = [await awaiting(email), await awaiting(email)] as const;
    const both = await Promise.all([finish(waits[0], typed), finish(waits[1], codes[3]!, other)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await viewFactor(deps, userId)).codesLeft).toBe(limits.recoveryCodes - 1);
    const [event] = await deps.db.auditEvent.findMany({
      where: { subjectId: userId, action: "user.recovery_code_used" },
    });
    expect(event?.detail).toEqual({ left: limits.recoveryCodes - 1 });
  });

  test("somebody else's recovery code lets nobody in", async () => {
    const [mine, theirs] = [await enrolled(), await enrolled()];
    expect(await finish(await awaiting(mine.email), theirs.codes[0]!)).toEqual({ ok: false, error: "wrong_code" });
  });

  test("guesses are counted before a code is looked at: after so many, even the right one is refused", async () => {
    const { email, secret } = await enrolled();
    const awaited = await awaiting(email);
    for (let n = 0; n < limits.factorFailuresPerWindow; n++)
      expect(await finish(awaited, new Secret(String(100_000 + n)), n % 2 ? other : deps)).toEqual({
        ok: false,
        error: "wrong_code",
      });
    await earlyInAStep();
    expect(await finish(awaited, codeOf(secret))).toEqual({ ok: false, error: "rate_limited" });
  });
});

describe("ending a factor", () => {
  test("needs the factor; new recovery codes make the old ones worthless", async () => {
    const { viewer, userId, codes } = await enrolled();
    expect(await disableFactor(deps, viewer, new Secret(PASSWORD))).toEqual({ ok: false, error: "wrong_code" });
    const renewed = await renewRecoveryCodes(deps, viewer, codes[0]!);
    expect(await disableFactor(deps, viewer, codes[1]!)).toEqual({ ok: false, error: "wrong_code" });
    expect(await disableFactor(deps, viewer, renewed.ok ? renewed.value[0]! : codes[1]!)).toEqual({
      ok: true,
      value: null,
    });
    expect(await viewFactor(deps, userId)).toEqual({ confirmedAt: null, codesLeft: 0 });
  });

  test("an admin resets another person's, with a reason on record, and all their sessions end; nobody resets their own", async () => {
    const { email, session, userId } = await enrolled();
    const { session: boss } = await person();
    const admin = proven(boss.viewer as Extract<typeof boss.viewer, { kind: "admin" }>);
    const reset = { userId, reason: "lost the phone" };
    expect(await resetFactor(deps, { ...admin, userId }, reset)).toEqual({ ok: false, error: "own_account" });
    expect(await resetFactor(deps, admin, reset)).toEqual({ ok: true, value: null });
    expect(await resetFactor(deps, admin, reset)).toEqual({ ok: false, error: "not_enrolled" });
    expect(await findSignedIn(deps, session.sessionId)).toBeNull();
    expect((await opened(email)).hasFactor).toBe(false);
    const [event] = await deps.db.auditEvent.findMany({ where: { subjectId: userId, action: "user.factor_reset" } });
    expect(event).toMatchObject({ actorId: admin.userId, detail: { reason: "lost the phone" } });
  });

  test("the table refuses a time step that comes back", async () => {
    const { userId } = await enrolled();
    await expect(deps.db.userFactor.update({ where: { userId }, data: { lastStep: 1n } })).rejects.toThrow();
    await forgetSteps(userId);
  });
});

describe("showing once more who one is", () => {
  const age = (sessionId: string) =>
    deps.db
      .$executeRaw`UPDATE session SET proved_at = clock_timestamp() - make_interval(mins => ${limits.stepUpMinutes}::int)
                         WHERE id = ${sessionId}::uuid`;
  const now = async (sessionId: string) => (await findSignedIn(deps, sessionId))!;

  test("holds for some minutes by the database's clock, and no longer", async () => {
    const { session } = await person();
    expect(proofOf(session).ok).toBe(true);
    await age(session.sessionId);
    expect(proofOf(await now(session.sessionId))).toEqual({ ok: false, error: "step_up" });
  });

  test("takes the password of a person without a factor, and never that of one who has one", async () => {
    const { session } = await person();
    await age(session.sessionId);
    expect(await stepUp(deps, { session, answer: new Secret("not this one") })).toEqual({
      ok: false,
      error: "wrong_password",
    });
    expect((await stepUp(deps, { session, answer: new Secret(PASSWORD) })).ok).toBe(true);
    expect((await now(session.sessionId)).isProved).toBe(true);

    const careful = await enrolled();
    await age(careful.session.sessionId);
    const theirs = await now(careful.session.sessionId);
    expect(await stepUp(deps, { session: theirs, answer: new Secret(PASSWORD) })).toEqual({
      ok: false,
      error: "wrong_code",
    });
    expect((await now(careful.session.sessionId)).isProved).toBe(false);
    expect((await stepUp(deps, { session: theirs, answer: careful.codes[0]! })).ok).toBe(true);
    expect((await now(careful.session.sessionId)).isProved).toBe(true);
  });

  test("of one session says nothing of another", async () => {
    const { email, session } = await person();
    const second = await opened(email);
    await age(session.sessionId);
    await age(second.sessionId);
    await stepUp(deps, { session, answer: new Secret(PASSWORD) });
    expect((await now(second.sessionId)).isProved).toBe(false);
  });
});

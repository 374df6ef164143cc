import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdmin } from "@/lib/features/identity/accounts";
import { addPasskey, askNewPasskey, removePasskey } from "@/lib/features/identity/add-passkey";
import { disableFactor, finishEnrolment, resetFactor, startEnrolment } from "@/lib/features/identity/enrol";
import { findPendingSecret } from "@/lib/features/identity/factors";
import { siteOf } from "@/lib/features/identity/passkey-ceremony";
import { mintChallenge, spendChallenge } from "@/lib/features/identity/passkey-challenge";
import { listPasskeys } from "@/lib/features/identity/passkeys";
import { setUserStatus } from "@/lib/features/identity/people";
import { findAwaited, findSignedIn, type SignedIn } from "@/lib/features/identity/sessions";
import { finishSignIn, signIn } from "@/lib/features/identity/sign-in";
import { proofOf } from "@/lib/features/identity/step-up";
import { askPasskey, signInByPasskey, stepUpByPasskey } from "@/lib/features/identity/use-passkey";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { inTransaction } from "@/lib/platform/db";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { Authenticator } from "../../support/authenticator";
import { createDatabase, type TestDatabase } from "../../support/database";
import { proven } from "../../support/proven";
import { openDeps } from "../../support/shop";

const PASSWORD = "correct horse battery";
const REFUSED = { ok: false, error: "passkey_refused" };
const nobody = { awaited: null, session: null };
let database: TestDatabase;
let deps: Deps;
let counter = 0;

beforeAll(async () => {
  database = await createDatabase();
  deps = openDeps(database);
});
afterAll(async () => {
  await closeDeps(deps);
  await database.drop();
});

const enter = (email: string) =>
  signIn(deps, { email, password: new Secret(PASSWORD), address: `10.2.0.${++counter % 250}`, userAgent: "test" });

async function sessionOf(sessionId: string): Promise<SignedIn> {
  const session = await findSignedIn(deps, sessionId);
  if (!session) throw new Error("not signed in");
  return session;
}

/** Somebody whose second factor is in use, with the recovery codes. */
async function person() {
  const email = `passkey${++counter}@shop.test`;
  await createAdmin(deps, { email, password: new Secret(PASSWORD) });
  const opened = await enter(email);
  if (!opened.ok) throw new Error(opened.error);
  const { viewer, sessionId, userId } = await sessionOf(opened.value.sessionId);
  await startEnrolment(deps, proven(viewer));
  const secret = (await findPendingSecret(deps, userId))!;
  const codes = await finishEnrolment(deps, {
    viewer,
    sessionId,
    code: new Secret(generateSync({ secret: secret.reveal() })),
  });
  if (!codes.ok) throw new Error(codes.error);
  return { email, userId, session: await sessionOf(sessionId), codes: codes.value };
}

const shown = (session: SignedIn) => {
  const proof = proofOf(session);
  if (!proof.ok) throw new Error(proof.error);
  return proof.value;
};
const device = () => new Authenticator(siteOf(deps.env));

async function add(session: SignedIn, authenticator = device(), name = "phone") {
  const options = await askNewPasskey(deps, shown(session), session);
  if (!options.ok) throw new Error(options.error);
  const added = await addPasskey(deps, shown(session), { name, answer: authenticator.create(options.value) });
  if (!added.ok) throw new Error(added.error);
  return authenticator;
}
const asked = () => askPasskey(deps, nobody);
const show = (
  answer: ReturnType<Authenticator["prove"]>,
  awaited: Parameters<typeof signInByPasskey>[1]["awaited"] = null,
) => signInByPasskey(deps, { awaited, answer, userAgent: "test" });

describe("a passkey", () => {
  test("signs its person in alone, in place of a code, and once more where it is asked again", async () => {
    const { email, userId, session } = await person();
    const phone = await add(session);
    const alone = await show(phone.prove(await asked()));
    expect(alone).toMatchObject({ ok: true, value: { userId, role: "admin", awaitsFactor: false } });

    const entered = await enter(email);
    const awaited = entered.ok ? await findAwaited(deps, entered.value.sessionId) : null;
    const options = await askPasskey(deps, { awaited, session: null });
    expect(options.allowCredentials?.map(({ id }) => id)).toEqual([phone.id]);
    expect((await show(phone.prove(options), awaited)).ok).toBe(true);
    expect(await findAwaited(deps, awaited!.sessionId)).toBeNull();

    await deps.db.session.update({ where: { id: session.sessionId }, data: { provedAt: new Date(0) } });
    const stale = await sessionOf(session.sessionId);
    expect(proofOf(stale)).toEqual({ ok: false, error: "step_up" });
    const again = phone.prove(await askPasskey(deps, { awaited: null, session: stale }));
    expect(await stepUpByPasskey(deps, { session: stale, answer: again })).toEqual({ ok: true, value: null });
    expect(proofOf(await sessionOf(session.sessionId)).ok).toBe(true);
    const [kept] = await listPasskeys(deps, userId);
    expect(kept).toMatchObject({ name: "phone", lastUsedAt: expect.any(Date) });
  });

  test.each([
    ["counts its uses", true],
    ["does not, as those do that go from device to device,", false],
  ])(
    "that %s answers a challenge once, however many send the same answer at the same moment",
    async (_, isCounting) => {
      const phone = await add((await person()).session);
      phone.isCounting = isCounting;
      const answer = phone.prove(await asked());
      const results = await Promise.all([1, 2, 3, 4].map(() => show(answer)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await show(answer)).toEqual(REFUSED);
      expect((await show(phone.prove(await asked()))).ok).toBe(true);
    },
  );

  test("answers no challenge of another time or purpose", async () => {
    const { session } = await person();
    const phone = await add(session);
    // Asked for more proof in a session, and shown as a way in; and the other way round.
    expect(await show(phone.prove(await askPasskey(deps, { awaited: null, session })))).toEqual(REFUSED);
    expect(await stepUpByPasskey(deps, { session, answer: phone.prove(await asked()) })).toEqual(REFUSED);
    expect(await show(phone.prove({ challenge: Buffer.alloc(32, 7).toString("base64url") }))).toEqual(REFUSED);
    const late = await mintChallenge(deps.db, deps.keys, { purpose: "sign_in" });
    const past = Buffer.from(late);
    past.writeUInt32BE(Math.floor(Date.now() / 1_000) - 1);
    expect(await show(phone.prove({ challenge: past.toString("base64url") }))).toEqual(REFUSED);
    const spent = await inTransaction<boolean, never>(deps.db, async (tx) => ({
      ok: true,
      value: await spendChallenge(tx, past),
    }));
    expect(spent).toEqual({ ok: true, value: false });
  });

  test("answers for this shop's address alone, with its holder verified", async () => {
    const { session } = await person();
    const phone = await add(session);
    for (const wrong of [{ origin: "https://evil.example" }, { host: "evil.example" }, { isVerified: false }]) {
      expect(await show(phone.prove(await asked(), wrong))).toEqual(REFUSED);
      const options = await askNewPasskey(deps, shown(session), session);
      if (!options.ok) throw new Error(options.error);
      const answer = device().create(options.value, wrong);
      expect(await addPasskey(deps, shown(session), { name: "no", answer })).toEqual(REFUSED);
    }
    const answer = phone.prove(await asked());
    const forged = { ...answer, response: { ...answer.response, signature: "AAAA" } };
    expect(await show(forged)).toEqual(REFUSED);
    expect((await show(phone.prove(await asked()))).ok).toBe(true);
  });

  test("of another person is refused after a password and in a session, and cannot be made one's own", async () => {
    const [mine, theirs] = [await person(), await person()];
    const phone = await add(theirs.session);
    const entered = await enter(mine.email);
    const awaited = entered.ok ? await findAwaited(deps, entered.value.sessionId) : null;
    expect(await show(phone.prove(await askPasskey(deps, { awaited, session: null })), awaited)).toEqual(REFUSED);
    expect(await findAwaited(deps, awaited!.sessionId)).not.toBeNull();
    const { session } = mine;
    const again = phone.prove(await askPasskey(deps, { awaited: null, session }));
    expect(await stepUpByPasskey(deps, { session, answer: again })).toEqual(REFUSED);
    const options = await askNewPasskey(deps, shown(session), session);
    if (!options.ok) throw new Error(options.error);
    expect(await addPasskey(deps, shown(session), { name: "x", answer: phone.create(options.value) })).toEqual({
      ok: false,
      error: "passkey_known",
    });
    const asOthers = await addPasskey(deps, shown(theirs.session), {
      name: "x",
      answer: device().create(options.value),
    });
    expect(asOthers).toEqual(REFUSED);
    expect(await removePasskey(deps, shown(session), phone.id)).toEqual({ ok: false, error: "not_found" });
    expect((await show(phone.prove(await asked()))).ok).toBe(true);
  });

  test("whose copy was used meanwhile is refused: its count must go on", async () => {
    const { session } = await person();
    const phone = await add(session);
    phone.count = 10;
    expect((await show(phone.prove(await asked()))).ok).toBe(true);
    phone.count = 5;
    expect(await show(phone.prove(await asked()))).toEqual(REFUSED);
    phone.count = 11;
    expect((await show(phone.prove(await asked()))).ok).toBe(true);
  });
});

describe("what comes and goes with it", () => {
  test("it needs a second factor in use, goes with it, and comes back with no other", async () => {
    const { email, userId, session, codes } = await person();
    const phone = await add(session);
    // Recovery codes are what they were.
    const entered = await enter(email);
    const awaited = entered.ok ? await findAwaited(deps, entered.value.sessionId) : null;
    expect((await finishSignIn(deps, { awaited: awaited!, code: codes[0]!, userAgent: "test" })).ok).toBe(true);
    expect((await disableFactor(deps, session.viewer, codes[1]!)).ok).toBe(true);
    expect(await listPasskeys(deps, userId)).toEqual([]);
    expect(await show(phone.prove(await asked()))).toEqual(REFUSED);
    const without = await sessionOf(session.sessionId);
    expect(await askNewPasskey(deps, shown(session), without)).toEqual({ ok: false, error: "factor_needed" });
    const challenge = await mintChallenge(deps.db, deps.keys, { purpose: "add", sessionId: session.sessionId });
    const answer = device().create({ challenge: challenge.toString("base64url") });
    expect(await addPasskey(deps, shown(session), { name: "x", answer })).toEqual({
      ok: false,
      error: "factor_needed",
    });
  });

  test("an admin's reset and a disabled account end it, and so does its person", async () => {
    const [admin, one] = [await person(), await person()];
    const phone = await add(one.session);
    const by = shown(admin.session) as Parameters<typeof resetFactor>[1];
    await setUserStatus(deps, by, { userId: one.userId, status: "disabled" });
    expect(await show(phone.prove(await asked()))).toEqual(REFUSED);
    await setUserStatus(deps, by, { userId: one.userId, status: "active" });
    expect((await show(phone.prove(await asked()))).ok).toBe(true);
    await resetFactor(deps, by, { userId: one.userId, reason: "lost" });
    expect(await show(phone.prove(await asked()))).toEqual(REFUSED);

    const own = await add(admin.session);
    expect((await removePasskey(deps, shown(admin.session), own.id)).ok).toBe(true);
    expect(await show(own.prove(await asked()))).toEqual(REFUSED);
    const trail = await deps.db.auditEvent.findMany({
      where: { subjectId: admin.userId, action: { startsWith: "user.passkey" } },
    });
    expect(trail.map(({ action }) => action).sort()).toEqual(["user.passkey_added", "user.passkey_removed"]);
  });

  test("there are so many of one person and no more, also for those who come at once", async () => {
    const { userId, session } = await person();
    for (let n = 1; n < limits.passkeysPerUserMax; n++) await add(session);
    const results = await Promise.allSettled([add(session), add(session), add(session)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await listPasskeys(deps, userId)).toHaveLength(limits.passkeysPerUserMax);
  });
});

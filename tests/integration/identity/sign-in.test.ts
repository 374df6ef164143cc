import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changePassword, createAdmin, ensureFirstAdmin } from "@/lib/features/identity/accounts";
import { ensureDemoPeople } from "@/lib/features/identity/demo-people";
import { endOtherSessions, endSession, findSignedIn, listSessions } from "@/lib/features/identity/sessions";
import { createSetupLink, redeemSetupLink } from "@/lib/features/identity/setup-link";
import { signIn } from "@/lib/features/identity/sign-in";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openDeps } from "../../support/shop";

const PASSWORD = "correct horse battery";
let database: TestDatabase;
let deps: Deps;
let other: Deps;
let counter = 0;

beforeAll(async () => {
  database = await createDatabase();
  deps = openDeps(database);
  // A second process: its own pool and its own limiter over the same database.
  other = openDeps(database);
});
afterAll(async () => {
  await closeDeps(deps);
  await closeDeps(other);
  await database.drop();
});

async function person() {
  const email = `person${++counter}@shop.test`;
  const created = await createAdmin(deps, { email, password: new Secret(PASSWORD) });
  if (!created.ok) throw new Error(created.error);
  return { email, userId: created.value.userId };
}

const attempt = (email: string, password = PASSWORD, address = `10.0.0.${++counter % 250}`, at = deps) =>
  signIn(at, { email, password: new Secret(password), address, userAgent: "test" });

async function signedIn(email: string) {
  const opened = await attempt(email);
  if (!opened.ok) throw new Error(opened.error);
  const session = await findSignedIn(deps, opened.value.sessionId);
  if (!session) throw new Error("the session is not there");
  return session;
}

describe("signing in", () => {
  test("opens a session for the right password, whatever the letters' case in the address", async () => {
    const { email, userId } = await person();
    const session = await signedIn(email.toUpperCase());
    expect(session).toMatchObject({ userId, email, viewer: { kind: "admin", userId } });
  });

  test("refuses a wrong password and an unknown account with the same answer", async () => {
    const { email } = await person();
    expect(await attempt(email, "not the password")).toEqual({ ok: false, error: "wrong_credentials" });
    expect(await attempt("nobody@shop.test")).toEqual({ ok: false, error: "wrong_credentials" });
  });

  test("does the same work for an unknown account as for a wrong password", async () => {
    const { email } = await person();
    const timed = async (address: string) => {
      const startedAt = performance.now();
      await attempt(address, "not the password");
      return performance.now() - startedAt;
    };
    await timed(email);
    const known = Math.min(await timed(email), await timed(email), await timed(email));
    const unknown = Math.min(await timed("a@none.test"), await timed("b@none.test"), await timed("c@none.test"));
    // Without a hash to compare, the unknown account would answer about ten times faster.
    expect(unknown).toBeGreaterThan(known / 2);
  });

  test("refuses a disabled account and ends its open sessions", async () => {
    const { email, userId } = await person();
    const session = await signedIn(email);
    await deps.db.appUser.update({ where: { id: userId }, data: { status: "disabled" } });
    expect(await attempt(email)).toEqual({ ok: false, error: "wrong_credentials" });
    expect(await findSignedIn(deps, session.sessionId)).toBeNull();
  });

  test("stores no password: only an Argon2id hash", async () => {
    const { userId } = await person();
    const user = await deps.db.appUser.findUniqueOrThrow({ where: { id: userId } });
    expect(user.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe("guessing", () => {
  test("is refused per account after ten misses, sent at once to two processes, and then even with the right password", async () => {
    const { email } = await person();
    const guesses = await Promise.all(
      Array.from({ length: 24 }, (_, n) => attempt(email, `guess number ${n}`, `10.1.0.${n}`, n % 2 ? deps : other)),
    );
    const answers = guesses.map((guess) => (guess.ok ? "ok" : guess.error));
    expect(answers.filter((answer) => answer === "wrong_credentials")).toHaveLength(limits.signInFailuresPerAccount);
    expect(answers.filter((answer) => answer === "rate_limited")).toHaveLength(24 - limits.signInFailuresPerAccount);
    expect(await attempt(email)).toEqual({ ok: false, error: "rate_limited" });
  });

  test("is refused per address across accounts, and another address is not", async () => {
    const { email } = await person();
    const address = "203.0.113.7";
    for (let n = 0; n < limits.signInFailuresPerAddress; n++) await attempt(`nobody${n}@shop.test`, "a guess", address);
    expect(await attempt(email, PASSWORD, address)).toEqual({ ok: false, error: "rate_limited" });
    expect((await attempt(email, PASSWORD, "203.0.113.8")).ok).toBe(true);
  });

  test("never counts a rightful sign-in: fifty from one address in a row all pass", async () => {
    const { email } = await person();
    for (let n = 0; n <= limits.signInFailuresPerAddress; n++) {
      expect((await attempt(email, PASSWORD, "203.0.113.9")).ok).toBe(true);
    }
  });

  test("leaves neither the address nor the e-mail in the table", async () => {
    const rows = await deps.db.attemptCount.findMany();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ key }) => key).join(" ")).not.toMatch(/shop\.test|203\.0|10\./);
  });
});

describe("a session", () => {
  test("is over for every reader once signed out, though its cookie lives on", async () => {
    const { email } = await person();
    const session = await signedIn(email);
    await endSession(deps, session);
    expect(await findSignedIn(deps, session.sessionId)).toBeNull();
    const trail = await deps.db.auditEvent.findMany({ where: { subjectId: session.sessionId } });
    expect(trail).toMatchObject([{ action: "session.revoked", actorId: session.userId }]);
  });

  test("is over when its time has passed by the database's clock", async () => {
    const session = await signedIn((await person()).email);
    await deps.db.$executeRaw`UPDATE session SET expires_at = clock_timestamp() WHERE id = ${session.sessionId}::uuid`;
    expect(await findSignedIn(deps, session.sessionId)).toBeNull();
  });

  test("of someone else cannot be revoked", async () => {
    const mine = await signedIn((await person()).email);
    const theirs = await signedIn((await person()).email);
    await endSession(deps, { viewer: mine.viewer, sessionId: theirs.sessionId });
    await endOtherSessions(deps, mine);
    expect(await findSignedIn(deps, theirs.sessionId)).not.toBeNull();
  });

  test("survives a change of the password that it made; the others do not", async () => {
    const { email } = await person();
    const kept = await signedIn(email);
    const lost = await signedIn(email);
    const password = new Secret("another good password");
    const wrong = await changePassword(deps, { ...kept, current: new Secret("not this one"), password });
    expect(wrong).toEqual({ ok: false, error: "wrong_password" });
    expect((await changePassword(deps, { ...kept, current: new Secret(PASSWORD), password })).ok).toBe(true);
    expect((await listSessions(deps, kept.userId)).map(({ id }) => id)).toEqual([kept.sessionId]);
    expect(await findSignedIn(deps, lost.sessionId)).toBeNull();
    expect((await attempt(email)).ok).toBe(false);
    expect((await attempt(email, "another good password")).ok).toBe(true);
  });
});

describe("the first admin", () => {
  test("comes from the environment once, and later starts change nothing", async () => {
    await deps.db.appUser.updateMany({ data: { status: "disabled" } });
    const fresh = openDeps(database, { KAPU_ADMIN_EMAIL: "Boss@shop.test", KAPU_ADMIN_PASSWORD: "eight888" });
    try {
      expect(await ensureFirstAdmin(deps)).toBe("missing");
      expect(await ensureFirstAdmin(fresh)).toBe("created");
      expect(await ensureFirstAdmin(fresh)).toBe("exists");
      expect((await attempt("boss@shop.test", "eight888")).ok).toBe(true);
    } finally {
      await closeDeps(fresh);
    }
  });

  test("comes from a setup link that works once, for one of two who use it at the same moment", async () => {
    await deps.db.appUser.updateMany({ data: { status: "disabled" } });
    const old = (await createSetupLink(deps)).reveal().split("#")[1]!;
    const link = (await createSetupLink(deps)).reveal();
    expect(link).toMatch(/^http:\/\/127.0.0.1:3999\/zh\/setup#[\w-]{43}$/);
    const token = link.split("#")[1]!;
    const setup = (email: string, with_: string) =>
      redeemSetupLink(deps, { token: with_, email, password: new Secret(PASSWORD) });
    expect(await setup("old@shop.test", old)).toEqual({ ok: false, error: "link_spent" });
    const both = await Promise.all([setup("one@shop.test", token), setup("two@shop.test", token)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await setup("late@shop.test", token)).toEqual({ ok: false, error: "already_set_up" });
    const rows = await deps.db.setupLink.findMany();
    expect(rows.every((row) => !Buffer.from(row.tokenHash).toString("latin1").includes(token))).toBe(true);
  });

  test("of the demo can be printed at each start, until its password is changed", async () => {
    const merchantId = "0198a000-0000-7000-8000-000000000001";
    await deps.db.merchant.create({ data: { id: merchantId, slug: "demo", name: "Demo" } });
    const [admin, merchant] = await ensureDemoPeople(deps, merchantId);
    const [again] = await ensureDemoPeople(other, merchantId);
    expect(again?.password?.reveal()).toBe(admin?.password?.reveal());
    expect((await attempt(admin!.email, admin!.password!.reveal())).ok).toBe(true);
    const session = await attempt(merchant!.email, merchant!.password!.reveal());
    expect(session).toMatchObject({ ok: true, value: { role: "merchant" } });
    const { userId } = session.ok ? session.value : { userId: "" };
    const viewer = { kind: "merchant", userId, merchantId } as const;
    const sessionId = session.ok ? session.value.sessionId : "";
    const current = merchant!.password!;
    await changePassword(deps, { viewer, sessionId, current, password: new Secret("my own password") });
    expect((await ensureDemoPeople(deps, merchantId))[1]?.password).toBeNull();
  });
});

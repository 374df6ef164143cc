"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { anybody, awaitsFactor, rateLimit, signedIn, steppedUp } from "@/lib/entry/guards";
import { dropSession, holdSession } from "@/lib/entry/session";
import { changePassword } from "@/lib/features/identity/accounts";
import { addPasskey, askNewPasskey, removePasskey } from "@/lib/features/identity/add-passkey";
import { disableFactor, finishEnrolment, renewRecoveryCodes, startEnrolment } from "@/lib/features/identity/enrol";
import {
  AddPasskeyForm,
  ChangePasswordForm,
  CodeForm,
  FactorForm,
  NoFields,
  PasskeyIdForm,
  SessionForm,
  SetupForm,
  ShowPasskeyForm,
  SignInForm,
  StepUpForm,
} from "@/lib/features/identity/schema";
import { endOtherSessions, endSession } from "@/lib/features/identity/sessions";
import { redeemSetupLink } from "@/lib/features/identity/setup-link";
import { finishSignIn, type OpenedSession, signIn } from "@/lib/features/identity/sign-in";
import { stepUp } from "@/lib/features/identity/step-up";
import { askPasskey, type PasskeyRefusal, signInByPasskey, stepUpByPasskey } from "@/lib/features/identity/use-passkey";
import { ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";

export const signInAction = action({
  schema: SignInForm,
  guards: [rateLimit("form")],
  run: ({ input, deps, client }) => signIn(deps, { ...input, ...client }),
  onOk: async (session, { deps, locale, input }) => {
    await holdSession(deps, session);
    if (!session.awaitsFactor) redirect(homeOf(session.role, locale, input.next));
    redirect(`/${locale}/sign-in/factor${input.next ? `?next=${encodeURIComponent(input.next)}` : ""}`);
  },
});

export const showFactorAction = action({
  schema: FactorForm,
  guards: [rateLimit("form"), awaitsFactor],
  run: ({ input, deps, awaited, client }) =>
    finishSignIn(deps, { awaited, code: input.code, userAgent: client.userAgent }),
  onOk: async (session, { deps, locale, input }) => {
    await holdSession(deps, session);
    redirect(homeOf(session.role, locale, input.next));
  },
});

export const stepUpAction = action({
  schema: StepUpForm,
  guards: [rateLimit("form"), signedIn],
  run: ({ input, deps, session }) => stepUp(deps, { session, answer: input.answer }),
  onOk: (_value, { locale, input, viewer }) => {
    if (input.next) redirect(homeOf(viewer.kind, locale, input.next));
  },
});

/** What the browser asks the person's devices for; its answer goes to `showPasskeyAction`. */
export const askPasskeyAction = action({
  schema: NoFields,
  guards: [rateLimit("form"), anybody],
  run: async ({ deps, asker }) => ok(await askPasskey(deps, asker)),
  onOk: (options) => options,
});

export const showPasskeyAction = action({
  schema: ShowPasskeyForm,
  guards: [rateLimit("form"), anybody],
  run: async ({ input, deps, asker, client }): Promise<Result<OpenedSession | null, PasskeyRefusal>> => {
    const { answer } = input;
    const { session, awaited } = asker;
    if (session) return stepUpByPasskey(deps, { session, answer });
    return signInByPasskey(deps, { awaited, answer, userAgent: client.userAgent });
  },
  onOk: async (opened, { deps, locale, input, asker }) => {
    if (opened) await holdSession(deps, opened);
    const role = opened?.role ?? asker.session?.viewer.kind;
    if (role && (opened || input.next)) redirect(homeOf(role, locale, input.next));
  },
});

export const askNewPasskeyAction = action({
  schema: NoFields,
  guards: [signedIn, steppedUp],
  run: ({ deps, viewer, session }) => askNewPasskey(deps, viewer, session),
  onOk: (options) => options,
});

export const addPasskeyAction = action({
  schema: AddPasskeyForm,
  guards: [signedIn, steppedUp],
  run: ({ input, deps, viewer }) => addPasskey(deps, viewer, input),
  onOk: () => refresh(),
});

export const removePasskeyAction = action({
  schema: PasskeyIdForm,
  guards: [signedIn, steppedUp],
  run: ({ input, deps, viewer }) => removePasskey(deps, viewer, input.passkeyId),
  onOk: () => refresh(),
});

export const startEnrolmentAction = action({
  schema: NoFields,
  guards: [signedIn, steppedUp],
  run: ({ deps, viewer }) => startEnrolment(deps, viewer),
  onOk: (_value, { locale }) => redirect(`/${locale}/account/factor`),
});

/** Recovery codes leave by the answer to this form and by nothing else. */
const plainTexts = (codes: readonly Secret[]) => ({ codes: codes.map((code) => code.reveal()) });

export const finishEnrolmentAction = action({
  schema: CodeForm,
  guards: [signedIn],
  run: ({ input, deps, viewer, session }) =>
    finishEnrolment(deps, { viewer, sessionId: session.sessionId, code: input.code }),
  onOk: plainTexts,
});

export const renewRecoveryCodesAction = action({
  schema: CodeForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => renewRecoveryCodes(deps, viewer, input.code),
  onOk: plainTexts,
});

export const disableFactorAction = action({
  schema: CodeForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => disableFactor(deps, viewer, input.code),
  onOk: (_value, { locale }) => redirect(`/${locale}/account`),
});

/** Back to where the visitor was going, if that is theirs. */
const homeOf = (role: string, locale: string, next: string | undefined): string =>
  next && (next.split("/")[2] === role || next.split("/")[2] === "account") ? next : `/${locale}/${role}`;

export const setupAction = action({
  schema: SetupForm,
  guards: [rateLimit("form")],
  run: async ({ input, deps, client }) => {
    const made = await redeemSetupLink(deps, input);
    return made.ok ? signIn(deps, { ...input, ...client }) : made;
  },
  onOk: async (session, { deps, locale }) => {
    await holdSession(deps, session);
    redirect(`/${locale}/admin`);
  },
});

export const signOutAction = action({
  schema: NoFields,
  guards: [signedIn],
  run: ({ deps, viewer, session }) => endSession(deps, { viewer, sessionId: session.sessionId }),
  onOk: async (_value, { deps, locale }) => {
    await dropSession(deps);
    redirect(`/${locale}/sign-in`);
  },
});

export const changePasswordAction = action({
  schema: ChangePasswordForm,
  guards: [signedIn],
  run: ({ input, deps, viewer, session }) => changePassword(deps, { viewer, sessionId: session.sessionId, ...input }),
});

export const endSessionAction = action({
  schema: SessionForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => endSession(deps, { viewer, sessionId: input.sessionId }),
  onOk: (_value, { locale }) => redirect(`/${locale}/account`),
});

export const endOtherSessionsAction = action({
  schema: NoFields,
  guards: [signedIn],
  run: ({ deps, viewer, session }) => endOtherSessions(deps, { viewer, sessionId: session.sessionId }),
  onOk: (_value, { locale }) => redirect(`/${locale}/account`),
});

"use server";

import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { rateLimit, signedIn } from "@/lib/entry/guards";
import { dropSession, holdSession } from "@/lib/entry/session";
import { changePassword } from "@/lib/features/identity/accounts";
import { ChangePasswordForm, NoFields, SessionForm, SetupForm, SignInForm } from "@/lib/features/identity/schema";
import { endOtherSessions, endSession } from "@/lib/features/identity/sessions";
import { redeemSetupLink } from "@/lib/features/identity/setup-link";
import { signIn } from "@/lib/features/identity/sign-in";

export const signInAction = action({
  schema: SignInForm,
  guards: [rateLimit("form")],
  run: ({ input, deps, client }) => signIn(deps, { ...input, ...client }),
  onOk: async (session, { deps, locale, input }) => {
    await holdSession(deps, session);
    redirect(homeOf(session.role, locale, input.next));
  },
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

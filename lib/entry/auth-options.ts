import type { NextAuthOptions, Session } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { SignInForm } from "@/lib/features/identity/schema";
import {
  type AwaitedFactor,
  endSession,
  findAwaited,
  findSignedIn,
  type SignedIn,
} from "@/lib/features/identity/sessions";
import { signIn } from "@/lib/features/identity/sign-in";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import type { Env } from "@/lib/platform/env";
import { addressOf } from "./peer";

export const SESSION_SECONDS = limits.sessionDays * 24 * 3600;

/** `__Host-` binds the cookie to this host and to https; over plain http browsers would refuse it. */
export function sessionCookie(env: Pick<Env, "publicUrl">) {
  const secure = env.publicUrl.startsWith("https:");
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure } as const;
  return { name: secure ? "__Host-kapu-session" : "kapu-session", options };
}

/** What our session callback answers: the row behind the cookie, or nothing at all. */
export interface CheckedSession extends Session {
  signedIn?: SignedIn;
  /** The password was right; nothing opens before the factor is shown. */
  awaited?: AwaitedFactor;
}

/**
 * next-auth with credentials needs the JWT strategy; the token here holds the id of a session row and no rights. Every
 * read looks that row up, so a revoked session is over at once, however long its cookie lives.
 */
export function authOptions(deps: Deps): NextAuthOptions {
  return {
    secret: deps.keys.session.reveal(),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    useSecureCookies: deps.env.publicUrl.startsWith("https:"),
    cookies: { sessionToken: sessionCookie(deps.env) },
    pages: { signIn: "/zh/sign-in", error: "/zh/sign-in", signOut: "/zh/sign-in" },
    providers: [credentials(deps)],
    callbacks: {
      // At sign-in `user.id` is the session row's; afterwards the token passes through unchanged.
      jwt: ({ token, user }) => (user ? { sid: user.id } : { sid: token.sid }),
      session: async ({ session, token }): Promise<CheckedSession> => {
        const sid = typeof token.sid === "string" ? token.sid : null;
        const signedIn = sid && (await findSignedIn(deps, sid));
        if (!signedIn) return sid ? awaitedOnly(await findAwaited(deps, sid)) : ({} as CheckedSession);
        return { expires: session.expires, user: { email: signedIn.email }, signedIn };
      },
    },
    events: {
      signOut: async ({ token }) => {
        const signedIn = typeof token.sid === "string" ? await findSignedIn(deps, token.sid) : null;
        if (signedIn) await endSession(deps, signedIn);
      },
    },
    logger: {
      error: (code) => deps.log.warn("session.unreadable", { code }),
      warn: () => {},
      debug: () => {},
    },
  };
}

/** A session that waits is none for anybody but the page that asks for the factor. */
const awaitedOnly = (awaited: AwaitedFactor | null): CheckedSession => (awaited ? { awaited } : {}) as CheckedSession;

const credentials = (deps: Deps) =>
  CredentialsProvider({
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(fields, request) {
      const form = SignInForm.safeParse(fields);
      if (!form.success) return null;
      const header = (name: string) => request.headers?.[name] ?? null;
      const opened = await signIn(deps, {
        ...form.data,
        address: addressOf(header, deps.env.trustedProxies),
        userAgent: header("user-agent") ?? "",
      });
      if (opened.ok) return { id: opened.value.sessionId };
      // next-auth's only way to tell its caller a reason: the message becomes the error code of the answer.
      if (opened.error !== "wrong_credentials") throw new Error(opened.error);
      return null;
    },
  });

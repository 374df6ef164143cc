import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { encode } from "next-auth/jwt";
import { cache } from "react";
import type { AwaitedFactor, SignedIn } from "@/lib/features/identity/sessions";
import type { OpenedSession } from "@/lib/features/identity/sign-in";
import type { Locale } from "@/lib/i18n/locale";
import type { Role, Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { authOptions, type CheckedSession, SESSION_SECONDS, sessionCookie } from "./auth-options";

const checkedSession = cache(async (): Promise<CheckedSession | null> => {
  const deps = getDeps();
  const jar = await cookies();
  if (!jar.has(sessionCookie(deps.env).name)) return null;
  return getServerSession<ReturnType<typeof authOptions>, CheckedSession>(authOptions(deps));
});

/** Who is signed in, checked against the session's row once per request; null for nobody, and for who has a factor still to show. */
export const currentSession = async (): Promise<SignedIn | null> => (await checkedSession())?.signedIn ?? null;

/** Whose second factor is waited for; null for nobody. */
export const currentAwaited = async (): Promise<AwaitedFactor | null> => (await checkedSession())?.awaited ?? null;

/** Whoever is signed in; anyone else is sent to sign in and comes back to `path`. */
export async function requireUser(locale: Locale, path: string): Promise<SignedIn> {
  const session = await currentSession();
  if (!session) redirect(`/${locale}/sign-in?next=${encodeURIComponent(`/${locale}${path}`)}`);
  return session;
}

/** The same for one role. The other role gets "not found": it need not learn what is here. */
export async function requireRole<R extends Role>(
  role: R,
  locale: Locale,
  path: string,
): Promise<SignedIn & { viewer: Extract<Viewer, { kind: R }> }> {
  const session = await requireUser(locale, path);
  if (session.viewer.kind !== role) notFound();
  return session as SignedIn & { viewer: Extract<Viewer, { kind: R }> };
}

/** Hands the browser its session, in the same form as next-auth's own callback. Only in an action or a route. */
export async function holdSession(deps: Deps, session: OpenedSession): Promise<void> {
  const secret = deps.keys.session.reveal();
  const token = await encode({ token: { sid: session.sessionId }, secret, maxAge: SESSION_SECONDS });
  const { name, options } = sessionCookie(deps.env);
  (await cookies()).set(name, token, { ...options, expires: session.expiresAt });
}

/** Takes the session's cookie back; its row must have been revoked before. */
export async function dropSession(deps: Deps): Promise<void> {
  const { name, options } = sessionCookie(deps.env);
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

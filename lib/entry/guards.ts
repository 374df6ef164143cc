import type { AwaitedFactor, SignedIn } from "@/lib/features/identity/sessions";
import { proofOf } from "@/lib/features/identity/step-up";
import type { Asker } from "@/lib/features/identity/use-passkey";
import { err, ok } from "@/lib/kernel/result";
import type { Proven, Role, Viewer } from "@/lib/kernel/viewer";
import type { Guard } from "./call";
import { type RateName, takeRate } from "./rate-limit";
import { currentAwaited, currentSession } from "./session";

interface Known<R extends Role> {
  readonly viewer: Extract<Viewer, { kind: R }>;
  readonly session: SignedIn;
}

const inRole =
  <R extends Role>(roles: readonly R[]): Guard<Known<R>> =>
  async () => {
    const session = await currentSession();
    if (!session) return err("unauthorized");
    if (!(roles as readonly Role[]).includes(session.viewer.kind)) return err("not_found");
    return ok({ viewer: session.viewer as Extract<Viewer, { kind: R }>, session });
  };

/** Somebody must be signed in; the call gets their `viewer`, which data functions filter by. */
export const signedIn = inRole(["merchant", "admin"]);

/** Somebody of a merchant's own must be signed in; an admin has no shop to do this in. */
export const merchantOnly = inRole(["merchant"]);

/** An admin must be signed in; for anyone else there is nothing here. */
export const adminOnly = inRole(["admin"]);

/**
 * Whoever is signed in must have shown the second factor (or the password, without one) within the last minutes; otherwise
 * `step_up`, and the form says where that is done. It stands after the guard of the role, and turns its viewer into the proven one
 * that flows ask for.
 */
export const steppedUp: Guard<{ readonly viewer: Proven }> = async () => {
  const session = await currentSession();
  if (!session) return err("unauthorized");
  const proof = proofOf(session);
  return proof.ok ? ok({ viewer: proof.value }) : proof;
};

/** The password was right a moment ago, and the factor is still to be shown. */
export const awaitsFactor: Guard<{ readonly awaited: AwaitedFactor }> = async () => {
  const awaited = await currentAwaited();
  return awaited ? ok({ awaited }) : err("unauthorized");
};

/** Whoever it is: somebody signed in, somebody whose factor is waited for, or nobody known yet. */
export const anybody: Guard<{ readonly asker: Asker }> = async () =>
  ok({ asker: { awaited: await currentAwaited(), session: await currentSession() } });

/** At most so many calls of this kind per address; see `RATES`. */
export const rateLimit =
  (name: RateName): Guard<object> =>
  async ({ deps, client }) => {
    const passed = await takeRate(deps, name, client.address);
    return passed.ok ? ok({}) : passed;
  };

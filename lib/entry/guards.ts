import type { SignedIn } from "@/lib/features/identity/sessions";
import { err, ok } from "@/lib/kernel/result";
import type { Role, Viewer } from "@/lib/kernel/viewer";
import type { Guard } from "./call";
import { type RateName, takeRate } from "./rate-limit";
import { currentSession } from "./session";

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

/** An admin must be signed in; for anyone else there is nothing here. */
export const adminOnly = inRole(["admin"]);

/** At most so many calls of this kind per address; see `RATES`. */
export const rateLimit =
  (name: RateName): Guard<object> =>
  async ({ deps, client }) => {
    const passed = await takeRate(deps, name, client.address);
    return passed.ok ? ok({}) : passed;
  };

import { findSignedIn, openSession, type SignedIn } from "@/lib/features/identity/sessions";
import { proofOf } from "@/lib/features/identity/step-up";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";

/** Somebody with a true session that was proved this moment, as the database asks for. */
export async function signedInAs<V extends Viewer>(
  deps: Deps,
  viewer: V,
): Promise<{ viewer: Proven<V>; session: SignedIn }> {
  const { id } = await openSession(deps.db, { userId: viewer.userId, userAgent: "test", awaitsFactor: false });
  const session = await findSignedIn(deps, id);
  const proof = session && proofOf({ ...session, viewer });
  if (!session || !proof?.ok) throw new Error("not signed in");
  return { viewer: proof.value, session };
}

import type { Proven, Viewer } from "@/lib/kernel/viewer";

/** Somebody who has just shown their factor, as the guard of the actions makes them. */
export const proven = <V extends Viewer>(viewer: V): Proven<V> => ({
  ...viewer,
  stepUp: { sessionId: viewer.userId, provedAt: new Date() },
});

import type { Actor } from "./actor";

/** Someone who has signed in. Every read and write of the back office takes one, and filters by it in SQL. */
export type Viewer = Extract<Actor, { kind: "merchant" | "admin" }>;
export type Role = Viewer["kind"];

/**
 * The filter that keeps a merchant to their own rows; an admin sees all. It goes into every `where`, so a foreign id is
 * not refused but simply not found.
 */
export function ownedBy(viewer: Viewer): { merchantId?: string } {
  switch (viewer.kind) {
    case "admin":
      return {};
    case "merchant":
      return { merchantId: viewer.merchantId };
  }
}

/** The same for raw SQL, `(${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid)`: null only for an admin. */
export const merchantScope = (viewer: Viewer): string | null => (viewer.kind === "admin" ? null : viewer.merchantId);

/** That somebody showed their second factor, or their password where they have none, a moment ago in this session. */
export interface StepUp {
  readonly sessionId: string;
  readonly provedAt: Date;
}

/**
 * Someone who has just shown who they are. Whatever gives secrets, money or keys away takes one instead of a viewer, so that
 * no page can forget to ask: only the guard `steppedUp` makes them.
 */
export type Proven<V extends Viewer = Viewer> = V & { readonly stepUp: StepUp };

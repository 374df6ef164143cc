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

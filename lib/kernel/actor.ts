/** Who asks for something; frozen into audit events, order events and reveal records. */
export type Actor =
  | { readonly kind: "buyer" }
  | { readonly kind: "merchant"; readonly userId: string; readonly merchantId: string }
  | { readonly kind: "admin"; readonly userId: string }
  | { readonly kind: "system" }
  | { readonly kind: "command_line" };

/** The id of the person behind an actor, or null where there is none on record. */
export const actorUserId = (actor: Actor): string | null => ("userId" in actor ? actor.userId : null);

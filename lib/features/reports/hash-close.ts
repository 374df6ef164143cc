import { createHash } from "node:crypto";

/** What stands before the first close. */
export const FIRST_HASH: Uint8Array = new Uint8Array(32);

/** The hash of a close: over the hash before it and its canonical text, so that none can be changed or left out unseen. */
export const hashClose = (previous: Uint8Array, canonical: string): Uint8Array =>
  Uint8Array.from(createHash("sha256").update(previous).update(canonical, "utf8").digest());

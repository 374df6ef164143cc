import { randomBytes } from "node:crypto";
import type { Deps } from "@/lib/platform/deps";
import type { Transport } from "./gateways/transport";

/** The shop's own way to its gateways: its clock, and the system's randomness. */
export const transportOf = ({ fetch, clock }: Pick<Deps, "fetch" | "clock">): Transport => ({
  fetch,
  now: () => clock.now(),
  randomBytes,
});

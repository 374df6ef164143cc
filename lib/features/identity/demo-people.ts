import { createHmac } from "node:crypto";
import { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { isPassword } from "@/lib/platform/password";
import { createUser } from "./accounts";

export interface DemoPerson {
  readonly role: "admin" | "merchant";
  readonly email: string;
  /** Null once somebody has changed it: then only they know it. */
  readonly password: Secret | null;
}

const PEOPLE = [
  { role: "admin", email: "admin@demo.kapu.shop" },
  { role: "merchant", email: "merchant@demo.kapu.shop" },
] as const;

/** Four groups of letters out of the shop's secret: the same at each start, different in each shop, stored nowhere. */
function demoPassword({ keys }: Pick<Deps, "keys">, email: string): Secret {
  const digest = createHmac("sha256", keys.session.reveal()).update(`demo|${email}`).digest("hex");
  return new Secret(digest.slice(0, 16).match(/.{4}/g)!.join("-"));
}

/**
 * Makes sure the demo shop has an admin and a merchant to sign in as, and tells their passwords so that a start can print
 * them. An admin named by the environment takes the place of the demo's.
 */
export async function ensureDemoPeople(deps: Deps, merchantId: string): Promise<readonly DemoPerson[]> {
  const people = deps.env.admin ? PEOPLE.filter(({ role }) => role !== "admin") : PEOPLE;
  const made: DemoPerson[] = [];
  for (const { role, email } of people) {
    const password = demoPassword(deps, email);
    const user = { email, password, merchantId: role === "merchant" ? merchantId : null };
    await createUser(deps, user, { kind: "system" });
    const { passwordHash } = await deps.db.appUser.findUniqueOrThrow({ where: { email } });
    made.push({ role, email, password: (await isPassword(passwordHash, password)) ? password : null });
  }
  return made;
}

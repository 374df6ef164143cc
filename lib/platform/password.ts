import { hash, verify } from "@node-rs/argon2";
import { Secret } from "@/lib/kernel/secret";

// OWASP's first choice for Argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Argon2id with a random salt, computed off the main thread. */
export const hashPassword = (password: Secret): Promise<string> => hash(password.reveal(), OPTIONS);

let decoy: Promise<string> | null = null;

/** Whether the password is the one hashed; with null it does the same work against a decoy and says no. */
export async function isPassword(hashed: string | null, password: Secret): Promise<boolean> {
  decoy ??= hashPassword(new Secret(crypto.randomUUID()));
  const isRight = await verify(hashed ?? (await decoy), password.reveal());
  return hashed !== null && isRight;
}

import { findUnknownKeys } from "@/lib/features/keys/wrapped-rows";
import type { Deps } from "@/lib/platform/deps";
import { EnvError } from "@/lib/platform/env";

/** Refuses to go on with a master key missing: a shop that cannot open its cards must not sell them. */
export async function requireMasterKeys({ db, keys }: Pick<Deps, "db" | "keys">): Promise<void> {
  const unknown = await findUnknownKeys(db, keys);
  if (unknown.size === 0) return;
  const names = [...unknown].map(([id, n]) => `${id} (${n} rows)`).join(", ");
  throw new EnvError(
    `The database is wrapped by master keys that this process was not given: ${names}. Set KAPU_MASTER_KEY, or KAPU_MASTER_KEY_PREVIOUS, to the key that was used.`,
  );
}

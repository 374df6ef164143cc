import { insertUser } from "@/lib/features/identity/accounts";
import { judgePassword, type PasswordProblem } from "@/lib/features/identity/rules";
import { insertMerchant } from "@/lib/features/merchants/create-merchant";
import { ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { hashPassword } from "@/lib/platform/password";

export interface CreateMerchant {
  readonly name: string;
  readonly slug: string;
  readonly email: string;
  readonly password: Secret;
}

/** Creates a merchant and its first account together, or neither. */
export async function createMerchant(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  { name, slug, email, password }: CreateMerchant,
): Promise<Result<{ merchantId: string; userId: string }, "slug_taken" | "email_taken" | PasswordProblem>> {
  const judged = judgePassword(password.reveal(), email);
  if (!judged.ok) return judged;
  const passwordHash = await hashPassword(password);
  return inTransaction<{ merchantId: string; userId: string }, "slug_taken" | "email_taken">(deps.db, async (tx) => {
    const merchant = await insertMerchant(tx, viewer, { name, slug });
    if (!merchant.ok) return merchant;
    const { merchantId } = merchant.value;
    const user = await insertUser(tx, { user: { email, password, merchantId }, passwordHash, actor: viewer });
    return user.ok ? ok({ merchantId, userId: user.value.userId }) : user;
  });
}

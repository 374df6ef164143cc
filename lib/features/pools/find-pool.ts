import type { Db } from "@/lib/platform/db";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The pool that a person named by its id, its short name or its name, of those of a variant's merchant; null when there is none, or more than one. */
export async function findPoolId(
  { db }: { readonly db: Db },
  { variantId, name }: { readonly variantId: string; readonly name: string },
): Promise<string | null> {
  const variant = await db.variant.findUnique({ where: { id: variantId }, select: { merchantId: true } });
  if (!variant) return null;
  const called = UUID.test(name) ? { id: name.toLowerCase() } : { OR: [{ slug: name }, { name }] };
  const found = await db.stockPool.findMany({
    where: { merchantId: variant.merchantId, ...called },
    select: { id: true },
    take: 2,
  });
  return found.length === 1 ? (found[0]?.id ?? null) : null;
}

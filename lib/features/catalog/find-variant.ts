import { fromPublicId } from "@/lib/kernel/id";
import type { Db } from "@/lib/platform/db";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of the variant that a person named by its id (`var_…` or bare) or by its SKU; null when there is none. */
export async function findVariantId({ db }: { readonly db: Db }, name: string): Promise<string | null> {
  const id = fromPublicId("variant", name);
  const uuid = id.ok ? id.value : UUID.test(name) ? name.toLowerCase() : null;
  const byId = uuid && (await db.variant.findUnique({ where: { id: uuid }, select: { id: true } }));
  if (byId) return byId.id;
  const bySku = await db.variant.findUnique({ where: { sku: name }, select: { id: true } });
  return bySku?.id ?? null;
}

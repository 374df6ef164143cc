import { ProductForm, VariantForm } from "@/lib/features/merchants/schema";
import { newId } from "@/lib/kernel/id";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { proven } from "../../support/proven";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

async function addUser(deps: Deps, role: string, merchantId: string | null): Promise<string> {
  const id = newId();
  await deps.db.appUser.create({ data: { id, email: `${id}@shop.test`, passwordHash: "-", role, merchantId } });
  return id;
}

/** Someone who works for a merchant that exists. */
export async function memberOf(deps: Deps, merchantId: string): Promise<Merchant> {
  return { kind: "merchant", merchantId, userId: await addUser(deps, "merchant", merchantId) };
}

/** A merchant of their own, with nothing in it. */
export async function newMerchant(deps: Deps): Promise<Merchant> {
  const merchantId = newId();
  await deps.db.merchant.create({ data: { id: merchantId, slug: `m-${merchantId}`, name: "Other" } });
  return memberOf(deps, merchantId);
}

export async function newAdmin(deps: Deps): Promise<Proven<Extract<Viewer, { kind: "admin" }>>> {
  return proven({ kind: "admin", userId: await addUser(deps, "admin", null) });
}

/** A product form as the browser sends it, parsed as the action parses it. */
export const productForm = (fields: Partial<Record<keyof ProductForm, string>> = {}): ProductForm =>
  ProductForm.parse({
    productId: "",
    updatedAt: "",
    titleZh: "星河点卡",
    titleEn: "Starriver Card",
    slug: `card-${newId()}`,
    summaryZh: "",
    summaryEn: "",
    descriptionZh: "",
    descriptionEn: "",
    usageNoteZh: "",
    usageNoteEn: "",
    categoryId: newId(),
    picture: "",
    pictureAltZh: "",
    pictureAltEn: "",
    publishAt: "",
    status: "published",
    ...fields,
  });

export const variantFields = (fields: Record<string, string | string[]> = {}) => ({
  variantId: "",
  productId: newId(),
  version: "0",
  titleZh: "30 天",
  titleEn: "30 days",
  sku: `SKU-${newId()}`,
  price: "12.50",
  currency: "CNY",
  stockPolicy: "reserve_on_order",
  quantityMin: "1",
  quantityMax: "100",
  lowStockBelow: "10",
  usageNoteZh: "",
  usageNoteEn: "",
  saleFrom: "",
  saleUntil: "",
  buyerMax: "",
  status: "published",
  ...fields,
});

export const variantForm = (fields: Record<string, string | string[]> = {}): VariantForm =>
  VariantForm.parse(variantFields(fields));

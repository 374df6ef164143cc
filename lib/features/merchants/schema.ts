import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency, isCurrency, parseDecimal } from "@/lib/kernel/money";

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const code = (message: string) => ({ message });
const Title = z.string().trim().min(1, code("required")).max(120, code("too_long"));
const text = (max: number) =>
  z
    .string()
    .max(max, code("too_long"))
    .transform((value) => value.replaceAll("\r\n", "\n").trim());
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,7}$/, code("not_a_number"))
    .transform(Number)
    .pipe(z.number().min(min, code("out_of_range")).max(max, code("out_of_range")));

export const PRODUCT_STATUSES = ["draft", "published", "archived"] as const;
export const STOCK_POLICIES = ["reserve_on_order", "claim_on_payment", "deduct_on_order"] as const;
/** The drawn pictures that the shop brings along. */
export const PICTURE = /^$|^\/pictures\/[a-z0-9-]{1,64}\.svg$/;

export const ProductForm = z.object({
  productId: z.union([z.uuid(), z.literal("")]),
  /** When the row was read; a change in between is a conflict, not a silent overwrite. */
  updatedAt: z.union([z.iso.datetime(), z.literal("")]),
  titleZh: Title,
  titleEn: Title,
  slug: z.string().regex(SLUG, code("slug_malformed")),
  summaryZh: text(300),
  summaryEn: text(300),
  descriptionZh: text(10_000),
  descriptionEn: text(10_000),
  usageNoteZh: text(2_000),
  usageNoteEn: text(2_000),
  categoryId: z.uuid(code("required")),
  picture: z.string().regex(PICTURE),
  status: z.enum(PRODUCT_STATUSES),
});
export type ProductForm = z.output<typeof ProductForm>;

/** A field that may be repeated arrives as a text, a list or not at all. */
const Repeated = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : typeof value === "string" ? [value] : value));

const VariantFields = z.object({
  variantId: z.union([z.uuid(), z.literal("")]),
  productId: z.uuid(),
  version: whole(0, 9_999_999),
  titleZh: Title,
  titleEn: Title,
  sku: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, code("sku_malformed")),
  price: z.string().trim(),
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]),
  stockPolicy: z.enum(STOCK_POLICIES),
  quantityMin: whole(1, limits.orderQuantityMax),
  quantityMax: whole(1, limits.orderQuantityMax),
  lowStockBelow: whole(0, 10_000),
  status: z.enum(PRODUCT_STATUSES),
  tierQuantity: Repeated,
  tierPrice: Repeated,
});

export const VariantForm = VariantFields.transform(({ price, tierQuantity, tierPrice, ...fields }, context) => {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const amountOf = (decimal: string, name: string): bigint => {
    const amount = isCurrency(fields.currency) ? parseDecimal(decimal.trim(), fields.currency) : null;
    if (!amount?.ok || amount.value.amountMinor <= 0n) refuse(name, "price_malformed");
    return amount?.ok ? amount.value.amountMinor : 0n;
  };
  if (fields.quantityMin > fields.quantityMax) refuse("quantityMax", "out_of_range");
  const filled = tierQuantity
    .map((quantity, at) => ({ quantity: quantity.trim(), price: (tierPrice[at] ?? "").trim() }))
    .filter((tier) => tier.quantity !== "" || tier.price !== "");
  if (filled.length > limits.priceTiersMax) refuse("tierQuantity", "out_of_range");
  const tiers = filled.map((tier) => {
    if (!/^\d{1,4}$/.test(tier.quantity)) refuse("tierQuantity", "not_a_number");
    return { quantityMin: Number(tier.quantity), unitPriceMinor: amountOf(tier.price, "tierPrice") };
  });
  return { ...fields, priceMinor: amountOf(price, "price"), tiers };
});
export type VariantForm = z.output<typeof VariantForm>;

export const HaltForm = z.object({ productId: z.uuid(), reason: z.string().trim().min(1, code("required")).max(300) });
export const ResumeForm = z.object({ productId: z.uuid() });
export const OrderForm = z.object({ orderId: z.uuid() });
export const BatchForm = z.object({ batchId: z.uuid() });
export const PasteForm = z.object({
  variantId: z.uuid(code("required")),
  note: text(300),
  text: z.string().min(1, code("required")),
});

export const ImportQuery = z.object({ variant: z.uuid(), note: text(300).default("") });
export const ProgressQuery = z.object({
  variant: z.uuid(),
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform((digits) => BigInt(digits)),
});

const PageNumber = z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1);
const Search = z.string().trim().max(limits.emailMax).catch("").default("");
/** An unknown value of a filter reads as no filter: an old link still opens. */
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);

export const ORDER_STATUSES = [
  "pending",
  "paid",
  "delivered",
  "expired",
  "cancelled",
  "refunding",
  "refunded",
] as const;
export const ORDER_EXCEPTIONS = ["paid_late", "underpaid", "overpaid", "owed", "double_paid", "disputed"] as const;
export const BATCH_STATUSES = ["importing", "draft", "published", "failed"] as const;

export const OrderListQuery = z.object({
  q: Search,
  status: oneOf(ORDER_STATUSES),
  exception: oneOf(["open", "any", ...ORDER_EXCEPTIONS] as const),
  sort: z.enum(["new", "old"]).catch("new").default("new"),
  page: PageNumber,
});
export type OrderListQuery = z.output<typeof OrderListQuery>;

export const ProductListQuery = z.object({
  q: Search,
  status: oneOf(PRODUCT_STATUSES),
  sort: z.enum(["shelf", "title", "stock"]).catch("shelf").default("shelf"),
  page: PageNumber,
});
export type ProductListQuery = z.output<typeof ProductListQuery>;

export const BatchListQuery = z.object({
  status: oneOf(BATCH_STATUSES),
  variant: z.string().optional().catch(undefined),
  page: PageNumber,
});
export type BatchListQuery = z.output<typeof BatchListQuery>;

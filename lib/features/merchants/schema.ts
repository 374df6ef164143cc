import { z } from "zod";
import { readShopTime } from "@/lib/i18n/shop-time";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency, isCurrency, parseDecimal } from "@/lib/kernel/money";
import { readPriceChange } from "./price-change";
import { readKind } from "./variant-kind";

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const code = (message: string) => ({ message });
const Title = z.string().trim().min(1, code("required")).max(limits.titleLettersMax, code("too_long"));
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

const optionalWhole = (min: number, max: number) =>
  z.union([z.literal("").transform(() => null), whole(min, max)]).default(null);

/** A moment on the shop's clock, or none. */
const Moment = z.string().transform((value, context) => {
  if (value === "") return null;
  const at = readShopTime(value);
  if (!at) context.addIssue({ code: "custom", message: "time_malformed" });
  return at;
});

export const PRODUCT_STATUSES = ["draft", "published", "archived"] as const;
export const STOCK_POLICIES = ["reserve_on_order", "claim_on_payment", "deduct_on_order"] as const;
/** None, one of the drawn ones that the shop brings along, or an uploaded one. */
export const PICTURE = /^$|^\/pictures\/[a-z0-9-]{1,64}\.svg$|^\/api\/media\/[0-9a-f]{32}\.webp$/;

export const ProductForm = z.object({
  productId: z.union([z.uuid(), z.literal("")]),
  /** When the row was read; a change in between is a conflict, not a silent overwrite. */
  updatedAt: z.union([z.iso.datetime(), z.literal("")]),
  titleZh: Title,
  titleEn: Title,
  slug: z.string().regex(SLUG, code("slug_malformed")),
  summaryZh: text(300),
  summaryEn: text(300),
  descriptionZh: text(limits.descriptionLettersMax),
  descriptionEn: text(limits.descriptionLettersMax),
  usageNoteZh: text(limits.usageNoteLettersMax),
  usageNoteEn: text(limits.usageNoteLettersMax),
  categoryId: z.uuid(code("required")),
  picture: z.string().regex(PICTURE),
  pictureAltZh: text(200),
  pictureAltEn: text(200),
  status: z.enum(PRODUCT_STATUSES),
  /** When a draft publishes itself. */
  publishAt: Moment,
});
export type ProductForm = z.output<typeof ProductForm>;

export const PreviewForm = z.object({ text: text(limits.descriptionLettersMax) });

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
  usageNoteZh: text(limits.usageNoteLettersMax),
  usageNoteEn: text(limits.usageNoteLettersMax),
  saleFrom: Moment,
  saleUntil: Moment,
  buyerMax: z.union([z.literal("").transform(() => null), whole(1, limits.orderQuantityMax)]),
  status: z.enum(PRODUCT_STATUSES),
  tierQuantity: Repeated,
  tierPrice: Repeated,
  kind: z.enum(["unique", "manual"]).default("unique"),
  manualHours: optionalWhole(1, limits.manualHoursMax),
  fieldZh: Repeated,
  fieldEn: Repeated,
  fieldRequired: Repeated,
  presaleAt: Moment.default(null),
  presaleCap: optionalWhole(1, limits.presaleCapMax),
});

export const VariantForm = VariantFields.transform(({ price, tierQuantity, tierPrice, ...all }, context) => {
  const { kind, manualHours, fieldZh, fieldEn, fieldRequired, presaleAt, presaleCap, ...fields } = all;
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const amountOf = (decimal: string, name: string): bigint => {
    const amount = isCurrency(fields.currency) ? parseDecimal(decimal.trim(), fields.currency) : null;
    if (!amount?.ok || amount.value.amountMinor <= 0n) refuse(name, "price_malformed");
    return amount?.ok ? amount.value.amountMinor : 0n;
  };
  if (fields.quantityMin > fields.quantityMax) refuse("quantityMax", "out_of_range");
  if (fields.buyerMax !== null && fields.buyerMax < fields.quantityMin) refuse("buyerMax", "buyer_max_low");
  if (fields.saleFrom && fields.saleUntil && fields.saleFrom >= fields.saleUntil) refuse("saleUntil", "window_order");
  const filled = tierQuantity
    .map((quantity, at) => ({ quantity: quantity.trim(), price: (tierPrice[at] ?? "").trim() }))
    .filter((tier) => tier.quantity !== "" || tier.price !== "");
  if (filled.length > limits.priceTiersMax) refuse("tierQuantity", "out_of_range");
  const tiers = filled.map((tier) => {
    if (!/^\d{1,4}$/.test(tier.quantity)) refuse("tierQuantity", "not_a_number");
    return { quantityMin: Number(tier.quantity), unitPriceMinor: amountOf(tier.price, "tierPrice") };
  });
  return { ...fields, ...readKind(all, refuse), priceMinor: amountOf(price, "price"), tiers };
});
export type VariantForm = z.output<typeof VariantForm>;

export const CategoryForm = z.object({
  categoryId: z.union([z.uuid(), z.literal("")]),
  titleZh: Title,
  titleEn: Title,
  slug: z.string().regex(SLUG, code("slug_malformed")),
  parentId: z.union([z.literal("").transform(() => null), z.uuid()]),
  position: whole(0, 100_000),
});
export type CategoryForm = z.output<typeof CategoryForm>;
export const CategoryIdForm = z.object({ categoryId: z.uuid() });
export const DuplicateForm = z.object({ productId: z.uuid() });
export const HaltForm = z.object({ productId: z.uuid(), reason: z.string().trim().min(1, code("required")).max(300) });
export const ResumeForm = z.object({ productId: z.uuid() });
export const OrderForm = z.object({ orderId: z.uuid() });
export const BatchForm = z.object({ batchId: z.uuid() });
export const PasteForm = z.object({
  variantId: z.uuid(code("required")),
  text: z.string().min(1, code("required")),
});

const PriceWish = z.string().transform((value, context) => {
  const change = readPriceChange(value);
  if (!change.ok) context.addIssue({ code: "custom", message: change.error });
  return change.ok ? change.value : ({ kind: "keep" } as const);
});
const anyOf = <const T extends readonly string[]>(values: T) =>
  z.union([z.literal("").transform(() => undefined), z.enum(values)]);
const CategoryWish = z.union([z.literal("").transform(() => undefined), z.uuid()]);

/** A wish for many variants as the address holds it: what cannot be read is not wished. */
export const BulkQuery = z.object({
  q: z.string().trim().max(100).catch("").default(""),
  v: Repeated.transform((ids) => ids.filter((id) => z.uuid().safeParse(id).success).slice(0, limits.bulkVariantsMax)),
  price: PriceWish.catch({ kind: "keep" }).default({ kind: "keep" }),
  status: anyOf(PRODUCT_STATUSES).optional().catch(undefined),
  category: CategoryWish.optional().catch(undefined),
});
export type BulkQuery = z.output<typeof BulkQuery>;

/** The same, to be done, with each variant as it was previewed: "id version milliseconds". */
export const BulkForm = z
  .object({
    item: Repeated.pipe(
      z.array(z.string().regex(/^[0-9a-f-]{36} \d{1,9} \d{1,15}$/)).max(limits.bulkVariantsMax),
    ).transform((items) =>
      items.map((text) => {
        const [id = "", version = "", changedAt = ""] = text.split(" ");
        return { id, version: Number(version), changedAt: BigInt(changedAt) };
      }),
    ),
    price: PriceWish,
    status: anyOf(PRODUCT_STATUSES),
    category: CategoryWish,
  })
  .transform(({ item, ...wish }) => ({ items: item, ...wish }));
export type BulkForm = z.output<typeof BulkForm>;

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
export const BATCH_STATUSES = ["importing", "draft", "published", "failed", "withdrawn"] as const;

/** A day on the shop's clock, as a date field sends it. */
const Day = z
  .string()
  .refine((day) => readShopTime(`${day}T00:00`) !== null)
  .optional()
  .catch(undefined);

/** The period that the overview shows, in days. */
export const OverviewQuery = z.object({
  days: z.enum(["7", "30", "90"]).catch("30").default("30").transform(Number),
});

export const OrderListQuery = z.object({
  q: Search,
  from: Day,
  to: Day,
  status: oneOf(ORDER_STATUSES),
  exception: oneOf(["open", "any", ...ORDER_EXCEPTIONS] as const),
  sort: z.enum(["new", "old"]).catch("new").default("new"),
  page: PageNumber,
});
export type OrderListQuery = z.output<typeof OrderListQuery>;

/** What of a list of orders goes into a file: its search and filters, not its order or page. */
export const ExportFilterQuery = OrderListQuery.omit({ sort: true, page: true });
export const ExportForm = ExportFilterQuery.extend({ format: z.enum(["csv", "xlsx"]) });
export type ExportForm = z.output<typeof ExportForm>;

export const CustomerListQuery = z.object({
  q: Search,
  /** The last row of the page before: its day and its address. */
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2} \S{1,254}$/)
    .refine((text) => readShopTime(`${text.slice(0, 10)}T00:00`) !== null)
    .transform((text) => ({ day: text.slice(0, 10), email: text.slice(11) }))
    .optional()
    .catch(undefined),
});
export type CustomerListQuery = z.output<typeof CustomerListQuery>;

/** A filter of orders to be kept: exactly what the list's own address would say, and nothing else that somebody put there. */
export const SavedFilterForm = ExportFilterQuery.extend({
  name: z.string().trim().min(1, code("required")).max(40, code("too_long")),
}).transform(({ name, ...filter }) => {
  const pairs = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return { name, query: new URLSearchParams(pairs).toString().slice(0, 500) };
});
export type SavedFilterForm = z.output<typeof SavedFilterForm>;
export const FilterIdForm = z.object({ filterId: z.uuid() });

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

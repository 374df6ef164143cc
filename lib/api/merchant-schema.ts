import { z } from "zod";
import { ORDER_EXCEPTIONS, ORDER_STATUSES, PRODUCT_STATUSES } from "@/lib/features/merchants/schema";
import { limits } from "@/lib/kernel/limits";

/** What a merchant's programs send and receive. None of it carries a card's secret. */

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`));
const minor = z
  .string()
  .regex(/^(0|[1-9]\d*)$/)
  .meta({ description: "Whole minor units, in a string." });
const instant = z.iso.datetime();
const cursor = z.string().max(64).optional().meta({ description: "nextCursor of the page before." });
const limit = z.coerce.number().int().min(1).max(limits.apiRowsPerPage).optional();

export const MerchantOrdersQuery = z.strictObject({
  cursor,
  limit,
  status: z.enum(ORDER_STATUSES).optional(),
  exception: z.enum(ORDER_EXCEPTIONS).optional(),
  email: z.email().max(limits.emailMax).optional().meta({ description: "The buyer's, in full." }),
  from: z.iso.date().optional().meta({ description: "Placed on this day or later, by the shop's clock." }),
  to: z.iso.date().optional().meta({ description: "Placed on this day or earlier, by the shop's clock." }),
});

export const MerchantOrderView = z
  .object({
    id: id("ord"),
    number: z.string(),
    status: z.enum(ORDER_STATUSES),
    exception: z.enum(["none", ...ORDER_EXCEPTIONS]),
    email: z.string(),
    quantity: z.int(),
    totalMinor: minor,
    currency: z.string(),
    createdAt: instant,
    paidAt: instant.nullable(),
    deliveredAt: instant.nullable(),
  })
  .meta({ id: "MerchantOrder" });

export const MerchantOrderPage = z
  .object({
    items: z.array(MerchantOrderView),
    nextCursor: z.string().nullable().meta({ description: "Null on the last page." }),
  })
  .meta({ id: "MerchantOrderPage" });

export const MerchantOrderDetail = z
  .object({
    ...MerchantOrderView.shape,
    lines: z.array(z.object({ variantId: id("var"), sku: z.string(), quantity: z.int(), unitPriceMinor: minor })),
  })
  .meta({ id: "MerchantOrderDetail" });

export const MerchantVariantView = z
  .object({
    id: id("var"),
    version: z.int().meta({ description: "Send it back with a change; another version is a conflict." }),
    sku: z.string(),
    titleZh: z.string(),
    titleEn: z.string(),
    priceMinor: minor,
    currency: z.string(),
    status: z.enum(PRODUCT_STATUSES),
    available: z.int().meta({ description: "Cards on sale, counted up to a bound." }),
  })
  .meta({ id: "MerchantVariant" });

export const MerchantProductList = z
  .object({
    items: z.array(
      z
        .object({
          id: id("prd"),
          slug: z.string(),
          titleZh: z.string(),
          titleEn: z.string(),
          status: z.enum(PRODUCT_STATUSES),
          variants: z.array(MerchantVariantView),
        })
        .meta({ id: "MerchantProduct" }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "MerchantProductList" });

export const MerchantProductsQuery = z.strictObject({ cursor, limit });

export const ChangeVariantBody = z
  .strictObject({
    version: z.int().min(0).meta({ description: "As it was read." }),
    priceMinor: z
      .string()
      .regex(/^[1-9]\d{0,11}$/)
      .optional()
      .meta({ description: "Whole minor units, above zero." }),
    status: z.enum(PRODUCT_STATUSES).optional(),
  })
  .meta({ id: "ChangeVariant" });

export const ChangedVariantView = z
  .object({
    id: id("var"),
    version: z.int(),
    priceMinor: minor,
    currency: z.string(),
    status: z.enum(PRODUCT_STATUSES),
  })
  .meta({ id: "ChangedVariant" });

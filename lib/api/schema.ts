import { z } from "zod";
import { DEVICE_KINDS } from "@/lib/entry/device-kind";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";

/** What programs send and receive. The same schemas judge requests, describe the API and test the answers. */

export const publicId = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
    .meta({ description: `The id of ${what}.`, examples: [`${prefix}_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f`] });
export const minor = z
  .string()
  .regex(/^-?(0|[1-9]\d*)$/)
  .meta({ description: "An amount as a whole number of minor units (fen, cents), in a string.", examples: ["1280"] });
export const currency = z.string().meta({ description: "ISO 4217 code, or USDT.", examples: ["CNY"] });
const instant = z.iso.datetime().meta({ description: "UTC, RFC 3339." });
const locale = z.enum(["zh", "en"]);

/** What the languages of the shop may be called by a program that thinks in language tags. */
const LOCALE_TAGS = { zh: "zh", "zh-CN": "zh", en: "en", "en-US": "en" } as const;

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
/** 8–200 printable ASCII characters; what a proxy might change on the way is not accepted as a key. */
export const isIdempotencyKey = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length >= limits.idempotencyKeyMin &&
  text.length <= limits.idempotencyKeyMax &&
  PRINTABLE_ASCII.test(text);

const gateway = z
  .string()
  .min(1)
  .max(32)
  .meta({ description: "The id of a gateway account, from GET /api/v1/gateways.", examples: ["epay"] });

export const PlaceOrderBody = z
  .strictObject({
    variantId: z
      .string()
      .min(1)
      .max(64)
      .meta({
        description: "The id of a variant; its bare UUID is accepted too.",
        examples: ["var_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f"],
      }),
    quantity: z.int().min(1).max(limits.orderQuantityMax),
    email: z.email().max(limits.emailMax).meta({ description: "Where the buyer is told of the delivery." }),
    gateway,
    password: z
      .string()
      .min(limits.lookupPasswordMin)
      .max(limits.lookupPasswordMax)
      .optional()
      .meta({ description: "With it and the order's number the buyer can look the order up later." }),
    answers: z
      .record(z.string().regex(/^f\d{1,2}$/), z.string().max(limits.answerLettersMax))
      .optional()
      .meta({
        description:
          "What the buyer wrote into the merchant's form, by the keys of its fields; see the variant's fields.",
      }),
    cardId: publicId("pck", "a card that buyers choose, from GET /api/v1/products/{slug}/cards").optional().meta({
      description:
        "This very card and no other; quantity must be 1, and the price is the variant's plus the card's extraMinor. 409 card_taken when somebody else has it.",
    }),
    cardExtraMinor: z
      .string()
      .regex(/^(0|[1-9]\d{0,12})$/)
      .optional()
      .meta({
        description: "With cardId: the extraMinor that was read. Another one by now is refused, 409 price_changed.",
        examples: ["8800"],
      }),
    couponCode: z
      .never({ error: "Coupons are not accepted yet." })
      .optional()
      .meta({ description: "Not accepted yet: any value is refused with 422." }),
    locale: z
      .enum(["zh", "zh-CN", "en", "en-US"])
      .optional()
      .meta({ description: "The language of mails and pages for this order; zh when absent." }),
  })
  .refine(({ cardId, cardExtraMinor }) => cardId !== undefined || cardExtraMinor === undefined, {
    path: ["cardExtraMinor"],
    error: "Send it with a cardId.",
  })
  .refine(({ cardId, quantity }) => cardId === undefined || quantity === 1, {
    path: ["quantity"],
    error: "With a cardId the quantity is 1.",
  })
  .meta({ id: "PlaceOrder" });
export type PlaceOrderBody = z.infer<typeof PlaceOrderBody>;

export const toLocale = (tag: PlaceOrderBody["locale"]): "zh" | "en" => LOCALE_TAGS[tag ?? "zh"];

export const StartPaymentBody = z
  .strictObject({
    gateway,
    clientIp: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .meta({ description: "The buyer's address, when he is not the one who sends this. Some gateways ask for it." }),
    device: z.enum(DEVICE_KINDS).optional().meta({
      description: "What the buyer holds, when he is not the one who sends this: his own browser says so itself.",
    }),
  })
  .meta({ id: "StartPayment" });

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The database's id of a variant named in a request, or null when no variant can have that name. */
export function readVariantId(text: string): string | null {
  if (UUID.test(text)) return text.toLowerCase();
  const id = fromPublicId("variant", text);
  return id.ok ? id.value : null;
}

export const PaymentView = z
  .object({
    id: publicId("pay", "a payment attempt"),
    gateway,
    kind: z.string().meta({
      description:
        "redirect: send the buyer to url. qrcode: show text as a QR code; url, where there is one, opens the same in an app. form: let the buyer's browser post fields to url, which GET …/payments/{payment}/form does for a browser that holds the order. address: exactly payable of payableCurrency to the address in text, on network. transfer: the order's amount to account of payee (at bank, where there is one), with reference written beside it; a person confirms it. balance: send the buyer to the order's pay page, where he pays with what he has in the shop. on_request: the gateway must be asked first; POST the same gateway to /payments when the buyer comes to pay, and the answer is one of the others. More kinds will follow.",
      examples: ["redirect"],
    }),
    url: z.string().optional(),
    text: z.string().optional(),
    fields: z.array(z.array(z.string())).optional().meta({ description: "Pairs of a name and a value, in order." }),
    network: z.string().optional(),
    payable: z.string().optional().meta({ description: "A decimal amount; another amount is another buyer's." }),
    payableCurrency: z.string().optional(),
    payee: z.string().optional(),
    account: z.string().optional(),
    bank: z.string().optional(),
    reference: z.string().optional().meta({ description: "What tells the merchant whose transfer it is." }),
    closesAt: instant.optional().meta({ description: "When the gateway itself stops taking money, where it said so." }),
    staleAt: instant
      .optional()
      .meta({ description: "From when on this opens nothing, though the payment stays: ask for it again." }),
  })
  .meta({ id: "Payment" });

const status = z.enum(["pending", "paid", "delivered", "expired", "cancelled", "refunding", "refunded"]);
const exception = z.enum(["none", "paid_late", "underpaid", "overpaid", "owed", "double_paid", "disputed"]);

export const PlacedOrderView = z
  .object({
    id: publicId("ord", "an order"),
    number: z.string().meta({ description: "What a person reads out.", examples: ["261121-7K3M-Q9ZD"] }),
    status,
    exception,
    totalMinor: minor,
    currency,
    deadlineAt: instant,
    token: z.string().meta({ description: "Grants access to this order. Keep it secret; send it as Bearer." }),
    payment: PaymentView,
  })
  .meta({ id: "PlacedOrder" });

const OrderLineView = z
  .object({
    variantId: publicId("var", "a variant"),
    productSlug: z.string(),
    title: z.string().meta({ description: "In the order's language." }),
    variantTitle: z.string(),
    quantity: z.int(),
    unitPriceMinor: minor,
    card: z.object({ preview: z.string(), extraMinor: minor }).optional().meta({
      description: "What was chosen, as it read then; its extra price is in the unit price. Absent where nothing was.",
    }),
  })
  .meta({ id: "OrderLine" });

export const OrderView = z
  .object({
    id: publicId("ord", "an order"),
    number: z.string(),
    status,
    exception,
    locale,
    quantity: z.int(),
    totalMinor: minor,
    paidMinor: minor,
    currency,
    createdAt: instant,
    deadlineAt: instant,
    paidAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    promisedBy: instant.optional().meta({
      description:
        "Of what is sold before it is there: until when it is delivered. Such an order is paid and owed until then.",
    }),
    serverNow: instant,
    isPayable: z.boolean(),
    lines: z.array(OrderLineView),
    payments: z.array(PaymentView),
  })
  .meta({ id: "Order" });

export const RevealView = z
  .object({
    secrets: z.array(z.string()).meta({ description: "One entry per card, byte for byte as imported." }),
    replaced: z
      .array(z.object({ position: z.int().min(1), secret: z.string() }))
      .optional()
      .meta({
        description:
          "Cards that were replaced and are void, by the place in secrets, from 1; absent where there are none.",
      }),
  })
  .meta({ id: "Reveal" });

const PromiseView = z
  .object({
    hours: z.int().nullable().meta({ description: "Made by the merchant within so many hours of the payment." }),
    dueAt: instant.nullable().meta({ description: "On pre-sale: delivered by then." }),
    fields: z
      .array(z.object({ key: z.string(), title: z.string(), isRequired: z.boolean() }))
      .meta({ description: "What the merchant asks: send it as answers with the order." }),
  })
  .meta({ id: "VariantPromise" });

export const VariantView = z
  .object({
    id: publicId("var", "a variant"),
    sku: z.string(),
    title: z.string(),
    priceMinor: minor,
    currency,
    stock: z.enum(["in_stock", "low", "sold_out"]).meta({ description: "A band, some seconds old; never a count." }),
    quantityMin: z.int(),
    quantityMax: z.int(),
    promise: PromiseView.optional().meta({ description: "Absent where it is delivered at once, from stock." }),
    cards: z.literal(true).optional().meta({
      description:
        "There are cards to choose from: GET /api/v1/products/{slug}/cards. They are not in stock, which is of cards that nobody chooses. Absent where there are none.",
    }),
  })
  .meta({ id: "Variant" });

export const ProductPage = z
  .object({
    items: z.array(
      z
        .object({
          id: publicId("prd", "a product"),
          slug: z.string(),
          title: z.string(),
          variants: z.array(VariantView),
        })
        .meta({ id: "Product" }),
    ),
    nextCursor: z.string().nullable().meta({ description: "Send as cursor for the next page; null on the last one." }),
  })
  .meta({ id: "ProductPage" });

export const GatewayList = z
  .object({
    items: z.array(z.object({ id: gateway, gateway: z.string(), title: z.string(), currency }).meta({ id: "Gateway" })),
  })
  .meta({ id: "GatewayList" });

const localeQuery = locale.optional().meta({ description: "The language of titles; zh when absent." });

export const GatewaysQuery = z.strictObject({
  locale: localeQuery,
  variantId: z.string().max(64).optional().meta({
    description: "What an order of this variant may name. Absent: the shop's own accounts, in every currency.",
  }),
});
export type GatewaysQuery = z.infer<typeof GatewaysQuery>;

export const ProductsQuery = z.strictObject({
  cursor: z.string().max(200).optional().meta({ description: "nextCursor of the page before." }),
  limit: z.coerce.number().int().min(1).max(limits.productsPerPageMax).optional(),
  locale: localeQuery,
});

export const ProblemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Stable; for programs." }),
    detail: z.string().meta({ description: "For people." }),
    fields: z.array(z.object({ path: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

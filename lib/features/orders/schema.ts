import { z } from "zod";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";

const email = z.email().max(limits.emailMax);

/** The order form as a browser sends it: every field a text; an empty password means none. */
export const OrderForm = z.object({
  variantId: z.string().regex(/^var_[0-9a-f]{32}$/),
  quantity: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(limits.orderQuantityMax)),
  email: z.string().trim().toLowerCase().pipe(email),
  password: z.union([
    z.literal("").transform(() => undefined),
    z.string().min(limits.lookupPasswordMin).max(limits.lookupPasswordMax),
  ]),
  gateway: z.string().min(1).max(32),
  /** The card that was chosen, and what it cost extra when it was. */
  card: z
    .string()
    .default("")
    .transform((text) => {
      const id = fromPublicId("preview", text);
      return id.ok ? id.value : undefined;
    }),
  cardExtra: z
    .string()
    .default("")
    .transform((text) => (/^(0|[1-9]\d{0,12})$/.test(text) ? BigInt(text) : undefined)),
});

/**
 * An order number as people type it: in any case and width, with or without dashes and spaces, and with the letters that
 * order numbers avoid read as the digits they look like.
 */
const orderNumber = z
  .string()
  .min(1)
  .max(64)
  .transform((text) => {
    const plain = text
      .normalize("NFKC")
      .toUpperCase()
      .replace(/O/g, "0")
      .replace(/[IL]/g, "1")
      .replace(/[^0-9A-Z]/g, "");
    return `${plain.slice(0, 6)}-${plain.slice(6, 11)}-${plain.slice(11)}`;
  });

export const LookupForm = z.object({
  number: orderNumber,
  password: z.string().min(1).max(limits.lookupPasswordMax),
});

export const MailLinkForm = z.object({ number: orderNumber, email: z.string().trim().toLowerCase().pipe(email) });

/** The token of a mailed link, alone or at the end of the whole link as pasted. */
export const LinkForm = z.object({
  link: z
    .string()
    .max(500)
    .transform((text) => text.trim().split("#").at(-1) ?? "")
    .pipe(z.string().regex(/^[A-Za-z0-9_-]{43}$/)),
});

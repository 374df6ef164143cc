import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

const optionalWhole = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{0,6}$/, { message: "not_a_number" })
    .transform((text) => (text === "" ? null : Number(text)))
    .refine((value) => value === null || (value >= min && value <= max), { message: "out_of_range" });

/** What a merchant promises and wants to be told of a variant. */
export const CareForm = z.object({
  variantId: z.uuid(),
  lowStockClear: optionalWhole(1, 20_000),
  warrantyHours: optionalWhole(1, limits.warrantyHoursMax),
  warrantyCount: optionalWhole(0, limits.orderQuantityMax),
});
export type CareForm = z.output<typeof CareForm>;

const checkbox = z
  .literal("on")
  .optional()
  .transform((value) => value === "on");

export const ChannelForm = z.object({
  isMail: checkbox,
  /** Empty: the one that is there stays. */
  telegramToken: z
    .string()
    .trim()
    .regex(/^(\d{5,14}:[A-Za-z0-9_-]{30,60})?$/, { message: "token_malformed" }),
  telegramChat: z
    .string()
    .trim()
    .regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{5,32})?$/, { message: "chat_malformed" }),
  isTelegramOff: checkbox,
});
export type ChannelForm = z.output<typeof ChannelForm>;

export const RestockForm = z.object({
  variantId: z.string().max(64),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(limits.emailMax)
    .pipe(z.email({ message: "email" })),
});

/** The token of a link that ends such mails. */
export const RestockEndLink = z.string().regex(/^[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$/);

export const CareListQuery = z.object({
  q: z.string().trim().max(limits.emailMax).catch("").default(""),
  page: z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1),
});
export type CareListQuery = z.output<typeof CareListQuery>;

import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

/** For whom alone a pool can be kept. */
export const POOL_CHANNELS = ["web_zh", "web_en", "api"] as const;

const code = (message: string) => ({ message });
const Reason = z.string().trim().min(1, code("required")).max(limits.moveReasonMax, code("too_long"));

export const PoolForm = z.object({
  poolId: z.union([z.uuid(), z.literal("")]),
  name: z.string().trim().min(1, code("required")).max(limits.poolNameMax, code("too_long")),
  channel: z.union([z.literal("").transform(() => null), z.enum(POOL_CHANNELS)]),
  note: z.string().trim().max(limits.poolNoteMax, code("too_long")),
});
export type PoolForm = z.output<typeof PoolForm>;

/** The pools of a variant in order: the first sells first; an empty place is none. */
export const VariantPoolsForm = z.object({
  variantId: z.uuid(),
  version: z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number),
  pool: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat().filter((id) => id !== ""))
    .pipe(z.array(z.uuid()).min(1, code("required")).max(limits.poolsPerVariantMax, code("out_of_range")))
    .transform((ids) => [...new Set(ids)]),
});
export type VariantPoolsForm = z.output<typeof VariantPoolsForm>;

export const TransferForm = z.object({
  moveId: z.uuid(),
  variantId: z.uuid(),
  fromPoolId: z.uuid(code("required")),
  toPoolId: z.uuid(code("required")),
  quantity: z
    .string()
    .trim()
    .regex(/^\d{1,5}$/, code("not_a_number"))
    .transform(Number)
    .pipe(z.number().min(1, code("out_of_range")).max(limits.namedCardsMax, code("out_of_range"))),
  reason: Reason,
});
export type TransferForm = z.output<typeof TransferForm>;

const PageNumber = z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1);

export const PoolListQuery = z.object({
  q: z.string().trim().max(limits.emailMax).catch("").default(""),
  page: PageNumber.default(1),
});
export type PoolListQuery = z.output<typeof PoolListQuery>;

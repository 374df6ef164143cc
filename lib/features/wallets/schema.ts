import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";

const Email = z.string().trim().toLowerCase().max(limits.emailMax).pipe(z.email());

export const WalletMailForm = z.object({ email: Email });
export const BalancePaymentForm = z.object({ orderId: z.string().max(40) });
/** A token, or the whole link as it was pasted. */
export const WalletLinkForm = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.slice(text.lastIndexOf("#") + 1))
  .pipe(z.string().regex(/^[A-Za-z0-9_-]{43}$/));

export const WalletPageQuery = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .catch(undefined),
});
export const WalletListQuery = z.object({
  q: Email.or(z.literal("")).catch("").default(""),
  before: WalletPageQuery.shape.before,
});

export const AdjustWalletForm = z.object({
  email: Email,
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]),
  amount: z.string().trim().max(20, { message: "amount_malformed" }),
  reason: z.string().trim().min(1, { message: "required" }).max(limits.walletReasonMax, { message: "too_long" }),
  requestKey: z.string().regex(/^[0-9a-f]{32}$/),
});
export const DecideAdjustmentForm = z.object({ adjustmentId: z.uuid(), decision: z.enum(["confirm", "refuse"]) });

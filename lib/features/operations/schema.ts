import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

const PageNumber = z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1);
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);

export const MAIL_STATUSES = ["queued", "sent", "failed", "not_configured"] as const;
/** The first words of the actions on record. */
export const AUDIT_TOPICS = [
  "audit.",
  "batch.",
  "cache.",
  "card.",
  "finding.",
  "gateway_account.",
  "keys.",
  "merchant.",
  "order.",
  "product.",
  "report.",
  "session.",
  "statement.",
  "transfer.",
  "user.",
  "variant.",
  "vault.",
  "wallet.",
] as const;

export const MailListQuery = z.object({ status: oneOf(MAIL_STATUSES), page: PageNumber });
export type MailListQuery = z.output<typeof MailListQuery>;

export const AuditListQuery = z.object({ action: oneOf(AUDIT_TOPICS), page: PageNumber });
export type AuditListQuery = z.output<typeof AuditListQuery>;

export const PageQuery = z.object({ page: PageNumber });

export const ResumeAuditedForm = z.object({
  findingId: z.uuid(),
  reason: z.string().trim().min(1, { message: "required" }).max(300, { message: "too_long" }),
  isConfirmed: z
    .enum(["on"])
    .optional()
    .transform((value) => value === "on"),
});

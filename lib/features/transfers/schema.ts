import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { plainLine, tradeNumberOf } from "./rules";

const PageNumber = z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1);
/** Looked at as typed, so that no long text is worked on; kept as one plain line. */
const line = (max: number) =>
  z
    .string()
    .max(max * 4, { message: "too_long" })
    .transform(plainLine)
    .pipe(z.string().max(max, { message: "too_long" }));
const Refusal = line(limits.transferRefusalMax).pipe(z.string().min(1, { message: "required" }));

export const TRANSFER_LISTS = ["waiting", "decided"] as const;
export const TransferListQuery = z.object({
  q: z.string().max(200).transform(plainLine).pipe(z.string().max(80)).catch("").default(""),
  list: z.enum(TRANSFER_LISTS).catch("waiting").default("waiting"),
  page: PageNumber,
});
export type TransferListQuery = z.output<typeof TransferListQuery>;

export const RecordTransferForm = z.object({
  attemptId: z.uuid(),
  /** In the currency of the order, with at most its decimal places. */
  amount: z.string().trim().max(20, { message: "amount_malformed" }),
  reference: line(limits.transferReferenceMax).refine((text) => tradeNumberOf(text).ok, {
    message: "reference_malformed",
  }),
  arrivedOn: z.iso.date({ message: "arrival_out_of_range" }),
  seenPayments: z.coerce.number().int().min(0).max(1_000),
});

export const ConfirmTransferForm = z.object({ transferId: z.uuid() });

export const RefuseTransferForm = z.object({ attemptId: z.uuid(), refusal: Refusal });

export const ReportTransferForm = z.object({
  orderId: z.string().max(40),
  attemptId: z.uuid(),
  reference: line(limits.transferReferenceMax),
});

import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency } from "@/lib/kernel/money";
import { STATEMENT_KINDS } from "./rules";
import { DATE_ORDERS, ZONES } from "./times";

const Place = z
  .number()
  .int()
  .min(0)
  .max(limits.statementColumnsMax - 1);
const Words = z.array(z.string().trim().min(1).max(60)).max(limits.statementWordsMax);

/**
 * How a file that nobody knows is to be read. Columns are told by their place.
 * - positive: every row is a payment, and a negative amount is a fault
 * - negative_refunds: negative amounts are refunds
 * - refunds: every row is a refund
 * - words: a row is a refund when the kind's column says one of the words
 */
export const Mapping = z.strictObject({
  encoding: z.enum(["utf-8", "gbk"]),
  delimiter: z.enum([",", "\t", ";", "|"]),
  /** Lines before the header. */
  skippedLines: z.number().int().min(0).max(limits.statementSkippedLinesMax),
  zone: z.enum(ZONES),
  dateOrder: z.enum(DATE_ORDERS),
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]),
  sign: z.enum(["positive", "negative_refunds", "refunds", "words"]),
  refundWords: Words,
  /** Rows whose status is none of these are passed over; an empty list passes over none. */
  paidWords: Words,
  columns: z
    .strictObject({
      at: Place,
      amount: Place,
      tradeNo: Place.optional(),
      orderNo: Place.optional(),
      refundNo: Place.optional(),
      fee: Place.optional(),
      status: Place.optional(),
      kind: Place.optional(),
    })
    // Without a number a row could not be told from its own repetition.
    .refine(({ tradeNo, orderNo }) => tradeNo !== undefined || orderNo !== undefined, { message: "number_column" }),
});
export type Mapping = z.infer<typeof Mapping>;
export type MappedColumn = keyof Mapping["columns"];

/** A mapping as it travels in an address; null where there is none. */
const MappingText = z
  .string()
  .max(limits.statementMappingLettersMax)
  .transform((text, context): Mapping | null => {
    if (text === "") return null;
    try {
      const read = Mapping.safeParse(JSON.parse(text));
      if (read.success) return read.data;
    } catch {
      // Said below, in the words of a field.
    }
    context.addIssue({ code: "custom", message: "mapping_malformed" });
    return z.NEVER;
  });

const AccountId = z.string().min(1).max(64);
export const UploadQuery = z.object({
  account: AccountId,
  name: z.string().max(200).default(""),
  mapping: MappingText.default(null),
});
export const StatementProgressQuery = z.object({ account: AccountId, after: z.coerce.number().int().min(0) });

const Day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
export const FetchDayForm = z.object({ accountId: AccountId, day: Day });

const PageNumber = z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1);
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);

export const FILE_STATES = ["reading", "kept", "refused"] as const;
export const StatementListQuery = z.object({
  account: AccountId.optional().catch(undefined),
  state: oneOf(FILE_STATES),
  page: PageNumber,
});
export type StatementListQuery = z.output<typeof StatementListQuery>;

export const StatementRowQuery = z.object({
  q: z.string().trim().max(128).catch("").default(""),
  kind: oneOf(STATEMENT_KINDS),
  page: PageNumber,
});
export type StatementRowQuery = z.output<typeof StatementRowQuery>;

import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES } from "@/lib/kernel/money";
import { SEVERITIES } from "./kinds";

const code = (message: string) => ({ message });
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);
/** A name of our own: a kind, an account. */
const Slug = z
  .string()
  .regex(/^[a-z0-9_-]{1,60}$/)
  .optional()
  .catch(undefined);

/** live: open or in somebody's hands. closed: neither any more. The others are single states. */
export const INBOX_STATES = ["live", "open", "in_work", "closed", "resolved", "accepted"] as const;
export type InboxState = (typeof INBOX_STATES)[number];
export const FINDING_AGES = ["day", "three_days", "week"] as const;
/** urgent: gravest first, and of those the oldest. money: the most at stake first, of one currency. */
export const INBOX_SORTS = ["urgent", "oldest", "newest", "money"] as const;
export const INBOX_OWNERS = ["mine", "nobody"] as const;

/** What a saved view keeps. */
export const VIEW_FIELDS = [
  "q",
  "status",
  "kind",
  "severity",
  "age",
  "merchant",
  "account",
  "currency",
  "owner",
  "halted",
  "sort",
] as const;

const filters = {
  q: z.string().trim().max(100).catch("").default(""),
  status: z.enum(INBOX_STATES).catch("live").default("live"),
  kind: Slug,
  severity: oneOf(SEVERITIES),
  age: oneOf(FINDING_AGES),
  merchant: z.uuid().optional().catch(undefined),
  account: Slug,
  currency: oneOf(CURRENCIES),
  owner: oneOf(INBOX_OWNERS),
  halted: oneOf(["on"] as const),
  sort: z.enum(INBOX_SORTS).catch("urgent").default("urgent"),
};

/** The place of a row in the order of the list: what it is sorted by, and its id. */
const Cursor = z
  .string()
  .regex(/^\d\.\d{1,19}\.[0-9a-f-]{36}$/)
  .optional()
  .catch(undefined);

/** The inbox's address; an unknown value of a filter reads as no filter: an old link still opens. */
export const FindingListQuery = z.object({ ...filters, after: Cursor, before: Cursor });
export type FindingListQuery = z.output<typeof FindingListQuery>;

/** A view to be kept: exactly what the inbox's own address would say. */
export const SavedViewForm = z
  .object({ ...filters, name: z.string().trim().min(1, code("required")).max(40, code("too_long")) })
  .transform(({ name, ...view }) => {
    const isKept = ([field, value]: [string, string | undefined]) =>
      Boolean(value) && !(field === "status" && value === "live") && !(field === "sort" && value === "urgent");
    const pairs = Object.entries(view).filter(isKept) as [string, string][];
    return { name, query: new URLSearchParams(pairs).toString().slice(0, 500) };
  });

/** One, or many: a browser sends a single checkbox as a text. */
const Ids = z
  .union([z.uuid().transform((id) => [id]), z.array(z.uuid()).max(limits.findingsPerAct, code("too_large"))])
  .default([])
  .refine((ids) => ids.length > 0, code("nothing_chosen"));

const Note = z.string().trim().min(1, code("required")).max(limits.findingNoteMax, code("too_long"));
const Reason = z.string().trim().min(1, code("required")).max(limits.findingReasonMax, code("too_long"));

/** What is done with the chosen rows of the list; which, says the button. */
export const BulkForm = z.discriminatedUnion("act", [
  z.object({ act: z.literal("take"), ids: Ids, words: z.string().optional() }),
  z.object({ act: z.literal("leave"), ids: Ids, words: z.string().optional() }),
  z.object({ act: z.literal("note"), ids: Ids, words: Note }),
  z.object({ act: z.literal("accept"), ids: Ids, words: Reason }),
]);

export const FindingIdForm = z.object({ findingId: z.uuid() });
/** `seenOwner`: whose it was when the form was made; of two who assign at once, one is told. */
export const AssignForm = z.object({
  findingId: z.uuid(),
  ownerId: z.union([z.uuid(), z.literal("").transform(() => null)]),
  seenOwner: z.union([z.uuid(), z.literal("").transform(() => null)]),
});
export const NoteForm = z.object({ findingId: z.uuid(), note: Note });
export const CloseForm = z.object({ findingId: z.uuid(), as: z.enum(["resolved", "accepted"]), reason: Reason });
export const ReopenForm = z.object({ findingId: z.uuid(), reason: Reason });

const EmptyOr = (schema: z.ZodType<string>) =>
  z
    .union([z.literal(""), schema])
    .default("")
    .transform((text) => text || undefined);
/** A day of the shop's time zone. */
const Day = EmptyOr(z.iso.date());
const startOf = (day: string, days = 0) =>
  new Date(Date.parse(`${day}T00:00:00+08:00`) + days * 86_400_000).toISOString();

/** What a run is to compare: everything, or what is narrowed here. Days are the shop's, both included. */
export const RunForm = z
  .object({
    from: Day,
    to: Day,
    merchantId: EmptyOr(z.uuid()),
    accountId: EmptyOr(z.string().regex(/^[a-z0-9-]{1,32}$/)),
    orderNumber: EmptyOr(z.string().trim().toUpperCase().max(30)),
  })
  .transform(({ from, to, ...rest }) => ({
    ...rest,
    from: from && startOf(from),
    to: to && startOf(to, 1),
  }));
export const RunIdForm = z.object({ runId: z.uuid() });

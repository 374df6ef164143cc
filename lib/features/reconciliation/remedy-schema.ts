import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

const code = (message: string) => ({ message });
const Name = z
  .string()
  .regex(/^[a-z_]{3,40}$/)
  .optional()
  .catch(undefined);

/** What can be chosen in the form of any remedy; each reads its own. */
export const REMEDY_FIELDS = [
  "paymentId",
  "orderNumber",
  "cardId",
  "position",
  "why",
  "isConfirmed",
  "poolId",
] as const;
export type RemedyField = (typeof REMEDY_FIELDS)[number];

const Choice = z.string().trim().max(100).catch("").default("");
const choices = {
  paymentId: Choice,
  orderNumber: Choice,
  cardId: Choice,
  position: Choice,
  why: Choice,
  isConfirmed: Choice,
  poolId: Choice,
};

/** A finding's page: which remedy is looked at, with what was chosen for it. */
export const RemedyQuery = z.object({
  remedy: Name,
  ...choices,
  /** Set by the button of the choices, so that an empty form is not yet a mistake. */
  look: z.literal("1").optional().catch(undefined),
  /** When the look before this one was taken, and why its confirmation was refused. */
  since: z.iso.datetime().optional().catch(undefined),
  refused: Name,
  /** What was just done, or waits for a second name. */
  did: Name,
});
export type RemedyQuery = z.output<typeof RemedyQuery>;

/** Only what was chosen: an empty field is no choice. */
export const chosenIn = (fields: Readonly<Record<RemedyField, string>>): Record<string, string> =>
  Object.fromEntries(REMEDY_FIELDS.map((field) => [field, fields[field]] as const).filter(([, value]) => value !== ""));

/** The confirmation: everything that was looked at, frozen in hidden fields. */
export const ApplyRemedyForm = z
  .object({
    findingId: z.uuid(),
    remedy: z.string().regex(/^[a-z_]{3,40}$/),
    actId: z.uuid(),
    seen: z.string().min(1).max(100),
    seenAt: z.iso.datetime(),
    reason: z.string().trim().min(1, code("required")).max(limits.remedyReasonMax, code("too_long")),
    ...choices,
  })
  .transform(({ findingId, remedy, actId, seen, seenAt, reason, ...fields }) => ({
    seenAt,
    cmd: { findingId, remedy, actId, seen, reason, input: chosenIn(fields) },
  }));
export type ApplyRemedyForm = z.output<typeof ApplyRemedyForm>;

export const DecideRemedyForm = z.object({
  actId: z.uuid(),
  findingId: z.uuid(),
  decision: z.enum(["confirm", "refuse"]),
});

export const RemedyPolicyForm = z.object({
  remedy: z.string().regex(/^[a-z_]{3,40}$/),
  isOn: z.enum(["on", "off"]).transform((value) => value === "on"),
  dailyMax: z
    .string()
    .regex(/^\d{1,4}$/, code("not_a_number"))
    .transform(Number)
    .pipe(z.number().min(1, code("out_of_range")).max(limits.remediesPerDayMax, code("out_of_range"))),
  seen: z.string().max(40),
});

import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES, type Currency, isCurrency, parseDecimal } from "@/lib/kernel/money";
import type { ReadingWish } from "./detect";
import { BLOCK_ENDS, DELIMITERS, ENCODINGS, FORMATS } from "./rules";

const code = (message: string) => ({ message });
const SEPARATORS = [...DELIMITERS, ...BLOCK_ENDS, ""] as const;
const Place = z.number().int().min(0).max(limits.importColumnsMax);

/** A reading as it stands in its row. */
export const StoredReading = z.object({
  encoding: z.enum(ENCODINGS),
  format: z.enum(FORMATS),
  separator: z.enum(SEPARATORS),
  hasHeader: z.boolean(),
  columns: z.array(z.string()).max(limits.importColumnsMax),
  chosen: z.array(Place).max(limits.importColumnsMax),
  // Readings of before these were there have none.
  preview: Place.nullable().default(null),
  extra: Place.nullable().default(null),
  list: z.string().max(200),
  trimsEnd: z.boolean(),
});

/** "2" and "0,3": places of columns as a form sends them. */
const Places = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : value.split(",")))
  .transform((texts) => texts.filter((text) => /^\d{1,3}$/.test(text)).map(Number));
const Switch = z
  .enum(["yes", "no"])
  .optional()
  .catch(undefined)
  .transform((value) => (value === undefined ? undefined : value === "yes"));

/** "3", or "none"; nothing that is left out. */
const PlaceOrNone = z
  .string()
  .regex(/^(none|\d{1,3})$/)
  .transform((text) => (text === "none" ? null : Number(text)))
  .optional()
  .catch(undefined);

/** What a page's address says of how a file is read; what it does not know is left to the file. */
export const WishQuery = z
  .object({
    encoding: z.enum(ENCODINGS).optional().catch(undefined),
    format: z.enum(FORMATS).optional().catch(undefined),
    separator: z.enum(SEPARATORS).optional().catch(undefined),
    header: Switch,
    column: Places.catch([]),
    preview: PlaceOrNone,
    extra: PlaceOrNone,
    trim: Switch,
  })
  .transform(({ encoding, format, separator, header, column, preview, extra, trim }): ReadingWish => {
    const known = separator === "" ? undefined : separator;
    return {
      encoding,
      format,
      separator: known,
      hasHeader: header,
      chosen: column.length > 0 ? column : undefined,
      preview,
      extra,
      trimsEnd: trim,
    };
  });

const text = (max: number) =>
  z
    .string()
    .max(max, code("too_long"))
    .transform((value) => value.replaceAll("\r\n", "\n").trim());
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What a merchant says of a batch before it is imported. */
const Facts = z.object({
  note: text(300).default(""),
  source: text(120).default(""),
  cost: z.string().trim().default(""),
  currency: z.enum(CURRENCIES as [Currency, ...Currency[]]).default("CNY"),
  /** The last day on which the cards are good, in China. */
  expires: z.union([z.string().regex(DAY, code("invalid")), z.literal("")]).default(""),
  warranty: z.union([z.string().regex(/^\d{1,4}$/, code("not_a_number")), z.literal("")]).default(""),
  publish: z.literal("on").optional(),
  pool: z.union([z.uuid(), z.literal("")]).default(""),
});

const CHINA_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The end of a day in China; null for a day that no calendar has. */
function endOfDay(day: string): Date | null {
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? null : new Date(start - CHINA_MS + DAY_MS);
}

export const StartForm = z
  .object({ uploadId: z.uuid(), reading: z.string().max(40_000) })
  .extend(Facts.shape)
  .transform(({ cost, currency, expires, warranty, publish, pool, ...fields }, context) => {
    const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
    const amount = cost === "" || !isCurrency(currency) ? null : parseDecimal(cost, currency);
    if (amount && !amount.ok) refuse("cost", "price_malformed");
    const cardsExpireAt = expires === "" ? null : endOfDay(expires);
    if (expires !== "" && !cardsExpireAt) refuse("expires", "invalid");
    const warrantyDays = warranty === "" ? null : Number(warranty);
    if (warrantyDays !== null && warrantyDays > 3_650) refuse("warranty", "out_of_range");
    return {
      ...fields,
      poolId: pool === "" ? null : pool,
      unitCostMinor: amount?.ok ? amount.value.amountMinor : null,
      costCurrency: amount?.ok ? currency : null,
      cardsExpireAt,
      warrantyDays,
      isPublishRequested: publish === "on",
    };
  });
export type StartForm = z.output<typeof StartForm>;

export const UploadForm = z.object({ uploadId: z.uuid() });

/** What is sent before the first byte. */
export const UploadDraft = z.object({
  variantId: z.uuid(),
  name: z.string().max(200),
  byteCount: z.number().int().min(1).max(limits.importFileBytesMax),
});
export type UploadDraft = z.output<typeof UploadDraft>;

import { z } from "zod";
import { readShopTime } from "@/lib/i18n/shop-time";
import { limits } from "@/lib/kernel/limits";

const DAY_MS = 24 * 3_600_000;

/** "2026-11-21": a day that there is. */
export const ReportDay = z
  .string()
  .regex(/^20\d{2}-\d{2}-\d{2}$/)
  .refine((text) => readShopTime(`${text}T00:00`) !== null);

/** "2026-11" */
const Month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/);

export const TREND_PERIODS = [30, 90, 365] as const;

export const ReportsQuery = z.object({
  before: ReportDay.optional().catch(undefined),
  days: z.coerce
    .number()
    .refine((days) => (TREND_PERIODS as readonly number[]).includes(days))
    .catch(30),
});
export type ReportsQuery = z.output<typeof ReportsQuery>;

export const MonthQuery = z.object({ month: Month.optional().catch(undefined) });

const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS + 1;

/** The closes of a span of days as a file. */
export const ClosesFileForm = z
  .object({ from: ReportDay, to: ReportDay })
  .refine(({ from, to }) => from <= to && daysBetween(from, to) <= limits.reportDaysMax);
export type ClosesFileForm = z.output<typeof ClosesFileForm>;

/** A merchant's month as a file; a merchant's own without a name. */
export const StatementFileForm = z.object({ month: Month, merchant: z.uuid().optional() });
export type StatementFileForm = z.output<typeof StatementFileForm>;

export const CloseMailForm = z.object({
  isWanted: z
    .literal("on")
    .optional()
    .transform((value) => value === "on"),
});

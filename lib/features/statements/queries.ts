import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { boundsOfDay, DAY_MS, daysToHave } from "./rules";
import { Mapping, type StatementListQuery, type StatementRowQuery } from "./schema";

interface Reads {
  readonly db: Db;
}
/** Statements are the operator's own books: they cross every merchant, so only an admin has any. */
type Admin = Extract<Viewer, { kind: "admin" }>;

const SIZE = limits.listRowsPerPage;
const windowOf = (page: number) => ({ skip: (page - 1) * SIZE, take: SIZE + 1 });
const cut = <T>(rows: readonly T[], page: number) => ({ rows: rows.slice(0, SIZE), page, hasMore: rows.length > SIZE });

const readFiles = (db: Db, where: object, page: number) =>
  db.statementFile.findMany({
    where,
    orderBy: { id: "desc" },
    ...windowOf(page),
    omit: { sha256: true, mapping: true, columns: true, cursor: true },
  });
export type FileRow = Awaited<ReturnType<typeof readFiles>>[number];

/** The files and readings, the newest first. */
export async function listStatementFiles({ db }: Reads, _viewer: Admin, { account, state, page }: StatementListQuery) {
  const where = { ...(account ? { accountId: account } : {}), ...(state ? { state } : {}) };
  return cut(await readFiles(db, where, page), page);
}

/** `gap`: nothing is known of the day. `covered`: not asked for, and a file that a person brought reaches over it. */
export type DayState = "done" | "empty" | "due" | "failed" | "gap" | "covered";
export interface DayRow {
  readonly day: string;
  readonly state: DayState;
  readonly failure: string | null;
  readonly tryCount: number;
  readonly nextTryAt: Date | null;
  readonly fileId: string | null;
}

/**
 * The last days of an account whose statements can be had by now, the newest first. From the first day that anything is known of, each
 * is there, whether anything is known of it or not: before it nobody asked, and nothing is missing.
 */
export async function listStatementDays(
  { db }: Reads,
  _viewer: Admin,
  { accountId, gateway, now }: { readonly accountId: string; readonly gateway: string; readonly now: number },
): Promise<DayRow[]> {
  const days = daysToHave(gateway, now, limits.statementDaysShown);
  const { from } = boundsOfDay(gateway, days.at(-1) ?? "1970-01-01");
  const [first, known, brought] = await Promise.all([
    db.statementDay.findFirst({ where: { accountId }, orderBy: { day: "asc" }, select: { day: true } }),
    db.statementDay.findMany({ where: { accountId, day: { in: days } } }),
    db.statementFile.findMany({
      where: { accountId, state: "kept", source: "upload", lastAt: { gte: new Date(from) } },
      select: { id: true, firstAt: true, lastAt: true },
      orderBy: { id: "desc" },
      take: SIZE,
    }),
  ]);
  const coverOf = (day: string) => {
    const bounds = boundsOfDay(gateway, day);
    return brought.find(({ firstAt, lastAt }) => reaches(firstAt, lastAt, bounds));
  };
  const since = first?.day ?? days[0] ?? "";
  return days
    .filter((day) => day >= since)
    .map((day): DayRow => {
      const row = known.find((one) => one.day === day);
      const cover = row && row.state !== "due" && row.state !== "failed" ? undefined : coverOf(day);
      if (cover) return { day, state: "covered", failure: null, tryCount: 0, nextTryAt: null, fileId: cover.id };
      if (!row) return { day, state: "gap", failure: null, tryCount: 0, nextTryAt: null, fileId: null };
      const { failure, tryCount, nextTryAt, fileId } = row;
      return { day, state: row.state as DayState, failure, tryCount, nextTryAt, fileId };
    });
}

/** Whether a file's first and last row lie on both sides of a day's middle: it then tells of the day, as far as anybody can see. */
function reaches(firstAt: Date | null, lastAt: Date | null, { from }: { readonly from: number }): boolean {
  const middle = from + DAY_MS / 2;
  return firstAt !== null && lastAt !== null && firstAt.getTime() <= middle && lastAt.getTime() >= middle;
}

/** One file with its first rejected lines, or null. */
export async function findStatementFile({ db }: Reads, _viewer: Admin, fileId: string) {
  const file = await db.statementFile.findUnique({
    where: { id: fileId },
    include: {
      appUser: { select: { email: true } },
      rejects: { orderBy: { line: "asc" }, take: limits.statementRejectsKept },
    },
  });
  return file && { ...file, sha256: file.sha256 ? Buffer.from(file.sha256).toString("hex") : null };
}
export type FileDetail = NonNullable<Awaited<ReturnType<typeof findStatementFile>>>;

const readRows = (db: Db, where: object, page: number) =>
  db.statementRow.findMany({ where, orderBy: [{ line: "asc" }, { kind: "asc" }], ...windowOf(page) });
export type RowRow = Awaited<ReturnType<typeof readRows>>[number];

/** The rows of a file in its own order; a number finds the rows that it names. */
export async function listStatementRows(
  { db }: Reads,
  _viewer: Admin,
  { fileId, accountId, q, kind, page }: StatementRowQuery & { readonly fileId: string; readonly accountId: string },
) {
  const named = q ? { accountId, OR: [{ gatewayTradeNumber: q }, { outTradeNo: q }] } : {};
  return cut(await readRows(db, { fileId, ...named, ...(kind ? { kind } : {}) }, page), page);
}

/** The newest file that this person has begun to bring for an account since a moment: how an upload finds the file it fills. */
export function findUploading(
  { db }: Reads,
  viewer: Admin,
  { accountId, after }: { readonly accountId: string; readonly after: number },
) {
  return db.statementFile.findFirst({
    where: { accountId, uploadedBy: viewer.userId, createdAt: { gt: new Date(after) } },
    orderBy: { id: "desc" },
    select: { storedLine: true, state: true },
  });
}

/** How the last table of the same columns was read for an account, or null. */
export async function findMapping(
  { db }: Reads,
  accountId: string,
  columns: readonly string[],
): Promise<Mapping | null> {
  const last = await db.statementFile.findFirst({
    where: { accountId, format: "mapped_csv", state: "kept", columns: { equals: [...columns] } },
    orderBy: { id: "desc" },
    select: { mapping: true },
  });
  const mapping = Mapping.safeParse(last?.mapping);
  return mapping.success ? mapping.data : null;
}

import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { SEVERITIES, type Severity } from "./kinds";

/** How old the open findings of one kind are, and how grave the gravest is. */
export interface KindCount {
  readonly kind: string;
  readonly severity: Severity;
  readonly all: number;
  readonly ofToday: number;
  readonly ofWeek: number;
  readonly older: number;
}

export interface InboxCounts {
  readonly kinds: readonly KindCount[];
  /** Money at stake, by currency. */
  readonly money: readonly { readonly currency: string; readonly minor: bigint }[];
  readonly all: number;
}

interface Group {
  readonly kind: string;
  readonly severity: Severity;
  readonly currency: string | null;
  readonly all: number;
  readonly ofToday: number;
  readonly ofWeek: number;
  readonly minor: bigint | null;
}

/** Led by an index to what waits. Exported for the test that looks at its plan. */
export const COUNT_SQL = Prisma.sql`
  SELECT kind, severity, currency, count(*)::int AS all,
         count(*) FILTER (WHERE opened_at >= now() - interval '1 day')::int AS "ofToday",
         count(*) FILTER (WHERE opened_at < now() - interval '1 day' AND opened_at >= now() - interval '7 days')::int AS "ofWeek",
         sum(amount_minor)::bigint AS minor
    FROM finding WHERE status IN ('open', 'in_work') GROUP BY kind, severity, currency`;

/** How many differences wait, by kind and age, and how much money is in them; for admins alone. */
export async function countFindings({ db }: { readonly db: Db }, viewer: Viewer): Promise<InboxCounts> {
  if (viewer.kind !== "admin") return { kinds: [], money: [], all: 0 };
  const groups = await db.$queryRaw<Group[]>(COUNT_SQL);
  return { kinds: kindsOf(groups), money: moneyOf(groups), all: groups.reduce((sum, { all }) => sum + all, 0) };
}

const graver = (left: Severity, right: Severity): Severity =>
  SEVERITIES.indexOf(left) <= SEVERITIES.indexOf(right) ? left : right;

function kindsOf(groups: readonly Group[]): KindCount[] {
  const kinds = new Map<string, KindCount>();
  for (const { kind, severity, all, ofToday, ofWeek } of groups) {
    const known = kinds.get(kind) ?? { kind, severity, all: 0, ofToday: 0, ofWeek: 0, older: 0 };
    kinds.set(kind, {
      kind,
      severity: graver(known.severity, severity),
      all: known.all + all,
      ofToday: known.ofToday + ofToday,
      ofWeek: known.ofWeek + ofWeek,
      older: known.older + all - ofToday - ofWeek,
    });
  }
  const rank = ({ severity }: KindCount) => SEVERITIES.indexOf(severity);
  return [...kinds.values()].sort((left, right) => rank(left) - rank(right) || right.all - left.all);
}

function moneyOf(groups: readonly Group[]): { currency: string; minor: bigint }[] {
  const sums = new Map<string, bigint>();
  for (const { currency, minor } of groups)
    if (currency !== null && minor !== null) sums.set(currency, (sums.get(currency) ?? 0n) + minor);
  return [...sums].map(([currency, minor]) => ({ currency, minor })).sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** The shops and the people that the inbox can be narrowed to, by name. */
export async function listInboxChoices({ db }: { readonly db: Db }, viewer: Viewer) {
  if (viewer.kind !== "admin") return { merchants: [], admins: [] };
  const [merchants, admins] = await Promise.all([
    db.merchant.findMany({ orderBy: { name: "asc" }, take: limits.pickListMax, select: { id: true, name: true } }),
    db.appUser.findMany({
      where: { role: "admin", status: "active" },
      orderBy: { email: "asc" },
      take: limits.pickListMax,
      select: { id: true, email: true },
    }),
  ]);
  return { merchants, admins };
}

import type { Db, Tx } from "@/lib/platform/db";
import type { FindingKind, RemedyName } from "./kinds";

/** What the shop does by itself with one remedy: nothing, until a person has turned it on; and never more often in a day. */
export interface RemedyPolicy {
  readonly isOn: boolean;
  readonly dailyMax: number;
}

/** The policy in one text: what a form shows, and what must still stand when it is saved. */
export const policyText = ({ isOn, dailyMax }: RemedyPolicy): string => `${isOn ? "on" : "off"}|${dailyMax}`;

const OFF: RemedyPolicy = { isOn: false, dailyMax: 20 };

/** Locks the policy of a remedy until the transaction ends, so that two processes count one after the other. */
export async function lockPolicy(tx: Tx, remedy: RemedyName): Promise<RemedyPolicy> {
  await tx.$executeRaw`INSERT INTO remedy_policy (remedy) VALUES (${remedy}) ON CONFLICT (remedy) DO NOTHING`;
  const [row] = await tx.$queryRaw<RemedyPolicy[]>`
    SELECT is_on AS "isOn", daily_max AS "dailyMax" FROM remedy_policy WHERE remedy = ${remedy} FOR UPDATE`;
  return row ?? OFF;
}

/** Writes the policy of a remedy that the caller has locked. */
export async function writePolicy(
  tx: Tx,
  remedy: RemedyName,
  { isOn, dailyMax, changedBy }: RemedyPolicy & { readonly changedBy: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE remedy_policy SET is_on = ${isOn}, daily_max = ${dailyMax}::int, changed_by = ${changedBy}::uuid,
           changed_at = date_trunc('milliseconds', clock_timestamp()) WHERE remedy = ${remedy}`;
}

/** How often the shop did it by itself today, on the shop's own clock; what it tried and could not do counts, too. */
export async function countByPolicyToday(db: Db | Tx, remedy: RemedyName): Promise<number> {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM remedy_act
     WHERE remedy = ${remedy} AND proposed_by IS NULL
       AND proposed_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'`;
  return row.n;
}

/** Which remedies are turned on. */
export async function findTurnedOn(db: Db): Promise<readonly string[]> {
  const rows = await db.remedyPolicy.findMany({ where: { isOn: true }, select: { remedy: true } });
  return rows.map(({ remedy }) => remedy);
}

/**
 * Findings that nobody has in hand and about which the shop has not tried itself in the last hour, the oldest first; about each it tries three
 * times at most, and then leaves it to people.
 */
export async function findForPolicy(db: Db, kinds: readonly FindingKind[], limit: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT f.id::text AS id FROM finding f
     WHERE f.status IN ('open', 'in_work') AND f.status = 'open' AND f.owner_id IS NULL AND f.kind = ANY (${[...kinds]}::text[])
       AND NOT EXISTS (SELECT 1 FROM remedy_act a WHERE a.finding_id = f.id
                        AND (a.state IN ('proposed', 'begun') OR (a.proposed_by IS NULL AND a.proposed_at > clock_timestamp() - interval '1 hour')))
       AND (SELECT count(*) FROM remedy_act a WHERE a.finding_id = f.id AND a.proposed_by IS NULL) < 3
     ORDER BY f.opened_at LIMIT ${limit}::int`;
  return rows.map(({ id }) => id);
}

/** A policy as its page shows it. */
export interface PolicyRow extends RemedyPolicy {
  readonly remedy: RemedyName;
  readonly today: number;
  readonly changedAt: Date | null;
  readonly changedByEmail: string | null;
}

/** The policies of these remedies, in their order; one that nobody has touched is off. */
export async function listPolicies(db: Db, remedies: readonly RemedyName[]): Promise<PolicyRow[]> {
  const rows = await db.$queryRaw<Omit<PolicyRow, "today">[]>`
    SELECT p.remedy, p.is_on AS "isOn", p.daily_max AS "dailyMax", p.changed_at AS "changedAt", u.email AS "changedByEmail"
      FROM remedy_policy p LEFT JOIN app_user u ON u.id = p.changed_by`;
  return Promise.all(
    remedies.map(async (remedy) => {
      const known = rows.find((row) => row.remedy === remedy) ?? { ...OFF, changedAt: null, changedByEmail: null };
      return { ...known, remedy, today: await countByPolicyToday(db, remedy) };
    }),
  );
}

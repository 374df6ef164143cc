import { createHash } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import { resolveFindings } from "./findings";

type OffendingRow = Readonly<Record<string, unknown>>;

/** An invariant that does not hold of one product's rows, or of rows that lead to no product. */
export interface BrokenPromise {
  readonly invariant: string;
  readonly name: string;
  readonly productId: string | null;
  /** Which pass found it, on the snapshot of when. */
  readonly pass: "continuous" | "full";
  readonly at: string;
  readonly rows: readonly OffendingRow[];
  readonly hasMore: boolean;
}

/** What a finding keeps beside its detail. Ids, figures and names of faults; never a secret, because no invariant reads one. */
export interface Evidence {
  readonly pass: "continuous" | "full";
  readonly at: string;
  /** Every row that was found since the finding was opened, at most `limits.auditRowsActedOn`. */
  readonly rows: readonly OffendingRow[];
  /** Rows that an admin has looked at and lets stand. */
  readonly accepted: readonly string[];
}

const KIND = "invariant_broken";

/** One finding per invariant and product, however often it is found. */
export const subjectOf = ({ invariant, productId }: Pick<BrokenPromise, "invariant" | "productId">): string =>
  productId ? `${invariant}/${productId}` : invariant;

/** A break that looks any different is another break. */
export const hashRow = (row: OffendingRow): string =>
  createHash("sha256").update(JSON.stringify(row)).digest("base64url").slice(0, 22);

/** `accepted`: an admin lets every one of these rows stand. `known`: it is open already, and now says what was found last. */
export type Renewal = { readonly outcome: "opened" | "known" | "accepted"; readonly findingId: string };

/** Opens the finding of a broken invariant, or brings the one that is there up to date; one that was closed opens again. */
export async function renewBrokenPromise(tx: Tx, broken: BrokenPromise): Promise<Renewal> {
  const subject = subjectOf(broken);
  const findingId = newId();
  await tx.$executeRaw`
    INSERT INTO finding (id, kind, subject, severity, product_id, merchant_id)
    SELECT ${findingId}::uuid, ${KIND}, ${subject}, 'critical', p.id, p.merchant_id
      FROM (SELECT 1) AS one LEFT JOIN product p ON p.id = ${broken.productId}::uuid
    ON CONFLICT (kind, subject) DO NOTHING`;
  const [known] = await tx.$queryRaw<{ id: string; status: string; evidence: Partial<Evidence> }[]>`
    SELECT id, status, evidence FROM finding WHERE kind = ${KIND} AND subject = ${subject} FOR UPDATE`;
  if (!known) throw new Error("a finding that was just inserted is not there");
  const accepted = known.evidence.accepted ?? [];
  if (broken.rows.every((row) => accepted.includes(hashRow(row)))) return { outcome: "accepted", findingId: known.id };
  const isNew = known.id === findingId;
  const isOpen = (known.status === "open" || known.status === "in_work") && !isNew;
  const evidence: Evidence = {
    pass: broken.pass,
    at: broken.at,
    rows: isOpen && broken.pass === "continuous" ? union(broken.rows, known.evidence.rows ?? []) : broken.rows,
    accepted,
  };
  await tx.$executeRaw`
    UPDATE finding SET status = CASE WHEN ${isOpen} THEN status ELSE 'open' END, owner_id = CASE WHEN ${isOpen} THEN owner_id END,
           resolved_at = NULL, resolution = NULL, reason = NULL, evidence = ${JSON.stringify(evidence)}::jsonb,
           detail = ${JSON.stringify(detailOf(broken))}::jsonb, last_found_at = now(), found_count = found_count + ${isNew ? 0 : 1}::int,
           opened_at = CASE WHEN ${isOpen} THEN opened_at ELSE now() END
     WHERE id = ${known.id}::uuid`;
  if (!isOpen)
    await tx.$executeRaw`INSERT INTO finding_event (finding_id, kind) VALUES (${known.id}::uuid, ${isNew ? "opened" : "reopened"})`;
  return { outcome: isOpen ? "known" : "opened", findingId: known.id };
}

/** A pass that looked at a few rows says nothing about the others. */
function union(fresh: readonly OffendingRow[], before: readonly OffendingRow[]): OffendingRow[] {
  const rows = new Map([...before, ...fresh].map((row) => [hashRow(row), row]));
  return [...rows.values()].slice(-limits.auditRowsActedOn);
}

const detailOf = ({ invariant, name, productId, rows, hasMore, pass }: BrokenPromise): Record<string, string> => ({
  invariant: `${invariant} ${name}`,
  fault: [...new Set(rows.map(({ fault }) => String(fault)))].join("; "),
  rows: `${rows.length}${hasMore ? "+" : ""}`,
  product: productId ?? "",
  pass,
});

/** Closes what a full pass no longer finds: findings of invariants that hold, where no product waits for an admin's word. */
export async function resolveMended(tx: Tx, invariants: readonly string[]): Promise<void> {
  const mended = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM finding
     WHERE kind = 'invariant_broken' AND status IN ('open', 'in_work') AND subject = ANY (${[...invariants]}::text[])`;
  await resolveFindings(
    tx,
    mended.map(({ id }) => id),
    "mended",
  );
}

/** What is broken now, for a letter: the invariant, how many rows, and the product's name. */
export async function listBrokenPromises({ db }: { readonly db: Db }) {
  const rows = await db.$queryRaw<{ subject: string; name: string; rows: number; product: string | null }[]>`
    SELECT f.subject, f.detail ->> 'invariant' AS name, jsonb_array_length(coalesce(f.evidence -> 'rows', '[]'))::int AS rows,
           p.title_zh || ' / ' || p.title_en AS product
      FROM finding f LEFT JOIN product p ON p.id::text = split_part(f.subject, '/', 2)
     WHERE f.kind = 'invariant_broken' AND f.status IN ('open', 'in_work') ORDER BY f.subject LIMIT ${limits.brokenFindingsShown}::int`;
  return rows.map(({ subject, name, rows: count, product }) => ({
    invariant: subject.split("/")[0] ?? "",
    name: name.split(" ")[1] ?? "",
    rows: count,
    product,
  }));
}

/** A finding of a broken invariant, read and locked to be decided on; null when there is no such open one. */
export async function findBrokenPromise(tx: Tx | Db, findingId: string, { isLocked = false } = {}) {
  const rows = isLocked
    ? await tx.$queryRaw<{ subject: string; evidence: Evidence }[]>`
        SELECT subject, evidence FROM finding WHERE id = ${findingId}::uuid AND kind = ${KIND} AND status IN ('open', 'in_work') FOR UPDATE`
    : await tx.$queryRaw<{ subject: string; evidence: Evidence }[]>`
        SELECT subject, evidence FROM finding WHERE id = ${findingId}::uuid AND kind = ${KIND} AND status IN ('open', 'in_work')`;
  const row = rows[0];
  if (!row) return null;
  const [invariant = "", productId = null] = row.subject.split("/");
  return { invariant, productId, evidence: row.evidence };
}

interface Closing {
  readonly findingId: string;
  readonly actorId: string;
  readonly standing: readonly OffendingRow[];
  readonly reason: string;
}

/** Closes a finding by an admin's word; rows that still stand are accepted, and the same rows found again change nothing. */
export async function closeBrokenPromise(tx: Tx, { findingId, actorId, standing, reason }: Closing): Promise<void> {
  const resolution = standing.length > 0 ? "accepted" : "mended";
  const status = standing.length > 0 ? "accepted" : "resolved";
  const accepted = JSON.stringify(standing.map(hashRow));
  await tx.$executeRaw`
    UPDATE finding
       SET status = ${status}, resolved_at = now(), resolution = ${resolution}, reason = ${reason},
           detail = detail || jsonb_build_object('reason', ${reason}::text),
           evidence = evidence || jsonb_build_object('accepted', coalesce(evidence -> 'accepted', '[]') || ${accepted}::jsonb)
     WHERE id = ${findingId}::uuid`;
  await tx.$executeRaw`
    INSERT INTO finding_event (finding_id, actor_id, kind, note, detail)
    VALUES (${findingId}::uuid, ${actorId}::uuid, ${status}, ${reason}, jsonb_build_object('resolution', ${resolution}::text))`;
}

/** Whether an audit's finding about the product is still open. */
export async function isProductBroken(tx: Tx | Db, productId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM finding WHERE kind = 'invariant_broken' AND status IN ('open', 'in_work') AND subject LIKE ${`%/${productId}`} LIMIT 1`;
  return rows.length > 0;
}

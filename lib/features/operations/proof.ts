import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

/** How one kind of pass stands. */
export interface PassState {
  readonly finishedAt: Date | null;
  readonly ms: number | null;
  readonly unfinished: string | null;
  readonly roundAt: Date | null;
}

/** When an invariant was last looked at by a kind of pass. */
export interface LastCheck {
  readonly checkedAt: Date;
  readonly failure: string | null;
}

export interface BrokenPromiseView {
  readonly id: string;
  readonly invariant: string;
  readonly fault: string;
  readonly openedAt: Date;
  /** As the audit found them: ids, figures and names of faults. */
  readonly rows: readonly unknown[];
  readonly rowCount: number;
  readonly pass: string;
  readonly product: {
    readonly id: string;
    readonly titleZh: string;
    readonly titleEn: string;
    readonly isHalted: boolean;
  } | null;
}

export interface ProofBoard {
  readonly continuous: PassState;
  readonly full: PassState;
  /** By invariant and pass: `I5 full`. */
  readonly checks: ReadonlyMap<string, LastCheck>;
  readonly broken: readonly BrokenPromiseView[];
}

const NEVER: PassState = { finishedAt: null, ms: null, unfinished: null, roundAt: null };

/** What the audit says that goes on by itself: how its passes stand, what is broken, and what is off sale because of it. */
export async function readProofBoard({ db }: { readonly db: Db }): Promise<ProofBoard> {
  const [passes, checks, findings] = await Promise.all([
    db.auditProgress.findMany({ omit: { state: true } }),
    db.auditCheck.findMany({ take: limits.pickListMax }),
    db.finding.findMany({
      where: { kind: "invariant_broken", status: { in: ["open", "in_work"] } },
      orderBy: { openedAt: "desc" },
      take: limits.brokenFindingsShown,
    }),
  ]);
  const ids = findings.flatMap(({ subject }) => subject.split("/")[1] ?? []);
  const products = await db.product.findMany({ where: { id: { in: ids } } });
  const byId = new Map(products.map((product) => [product.id, product]));
  const stateOf = (pass: string) => passes.find((one) => one.pass === pass) ?? NEVER;
  return {
    continuous: stateOf("continuous"),
    full: stateOf("full"),
    checks: new Map(checks.map((check) => [`${check.invariant} ${check.pass}`, check])),
    broken: findings.map((finding) => toView(finding, byId.get(finding.subject.split("/")[1] ?? ""))),
  };
}

interface FindingRow {
  readonly id: string;
  readonly subject: string;
  readonly openedAt: Date;
  readonly detail: unknown;
  readonly evidence: unknown;
}
interface ProductRow {
  readonly id: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly haltedAt: Date | null;
}

function toView({ id, subject, openedAt, detail, evidence }: FindingRow, product?: ProductRow): BrokenPromiseView {
  const { fault = "" } = detail as { fault?: string };
  const { rows = [], pass = "" } = evidence as { rows?: unknown[]; pass?: string };
  return {
    id,
    invariant: subject.split("/")[0] ?? "",
    fault,
    openedAt,
    rows: rows.slice(0, limits.auditRowsMax),
    rowCount: rows.length,
    pass,
    product: product
      ? { id: product.id, titleZh: product.titleZh, titleEn: product.titleEn, isHalted: product.haltedAt !== null }
      : null,
  };
}

import {
  type AuditReport,
  describeMigration,
  type InvariantResult,
  OUT_OF_SIGHT,
  type OutOfSight,
  orderOf,
  runAudit,
} from "@/lib/features/audit";
import type { SealProbe } from "@/lib/features/inventory/probe-secrets";
import { probeSecrets } from "@/lib/flows/probe-secrets";
import { shippedMigrations } from "@/lib/platform/migrate";
import { answer, type Command, EXIT } from "../command";
import { withShop } from "../shop";

interface Spoken {
  readonly id: string;
  readonly lines: readonly string[];
}

const rowsOf = (rows: readonly unknown[], hasMore = false): string[] => [
  ...rows.map((row) => `        ${JSON.stringify(row)}`),
  ...(hasMore ? ["        … and more"] : []),
];

function describe({ id, name, ok, rows, hasMore, failure }: InvariantResult): Spoken {
  if (ok) return { id, lines: [`ok      ${id} ${name}`] };
  return { id, lines: [`BROKEN  ${id} ${name}${failure ? `: ${failure}` : ""}`, ...rowsOf(rows, hasMore)] };
}

/** What no query can see: a probe's word when it ran, and otherwise the tests that prove it. */
function describeUnseen({ id, name, by, tests, gap }: OutOfSight, probe: SealProbe | null): Spoken {
  if (by === "probe" && probe) {
    if (probe.bad.length > 0) return { id, lines: [`BROKEN  ${id} ${name}`, ...rowsOf(probe.bad)] };
    return {
      id,
      lines: [`ok      ${id} ${name}: ${probe.sampled} ciphertexts opened in their own rows and in no other`],
    };
  }
  const instead =
    by === "probe"
      ? "not probed: run with --deep"
      : `proved by the harness: ${tests.join(", ")}${gap ? ` (${gap.en})` : ""}`;
  return { id, lines: [`-       ${id} ${name}: ${instead}`] };
}

function verdictOf(report: AuditReport, probe: SealProbe | null): string {
  const broken = report.results.filter(({ ok }) => !ok).length + (probe?.bad.length ? 1 : 0);
  const judged = report.results.length + (probe ? 1 : 0);
  const harness = OUT_OF_SIGHT.filter(({ by }) => by === "harness").length;
  if (broken > 0) return `${broken} invariants are broken.`;
  return `All ${judged} invariants that could be judged here hold; ${harness} are proved by the harness.`;
}

export const auditCommand: Command = {
  name: "audit",
  usage: "[--deep]",
  summary:
    "Judges every invariant on one snapshot; exit 1 and the offending rows when one is broken. --deep also opens a sample of ciphertexts.",
  options: { deep: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: (call) =>
    withShop(async ({ deps, database }) => {
      const report = await runAudit(database.urls.audit, { migrations: shippedMigrations() });
      const probe = call.values.deep === true ? await probeSecrets(deps, database.urls.owner) : null;
      const warning = report.migration && describeMigration(report.migration);
      const spoken = [...report.results.map(describe), ...OUT_OF_SIGHT.map((unseen) => describeUnseen(unseen, probe))];
      const lines = spoken.sort((a, b) => orderOf(a) - orderOf(b)).flatMap(({ lines }) => lines);
      const isClean = report.isClean && !probe?.bad.length;
      const unseen = OUT_OF_SIGHT.map(({ id, name, by, tests }) => ({ id, name, by, tests }));
      answer(call, { ...report, isClean, unseen, probe }, [
        ...(warning ? [`NOTE    ${warning}`] : []),
        ...lines,
        verdictOf(report, probe),
      ]);
      return isClean ? EXIT.done : EXIT.refused;
    }),
};

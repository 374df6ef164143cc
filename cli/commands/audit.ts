import { type InvariantResult, runAudit } from "@/lib/features/audit";
import { answer, type Command, EXIT } from "../command";
import { withShop } from "../shop";

function describe({ id, name, ok, rows, hasMore, failure }: InvariantResult): string[] {
  if (ok) return [`ok      ${id} ${name}`];
  const shown = rows.map((row) => `        ${JSON.stringify(row)}`);
  const more = hasMore ? ["        … and more"] : [];
  return [`BROKEN  ${id} ${name}${failure ? `: ${failure}` : ""}`, ...shown, ...more];
}

export const auditCommand: Command = {
  name: "audit",
  usage: "",
  summary: "Judges every invariant on one snapshot; exit 1 and the offending rows when one is broken.",
  options: {},
  positionals: { min: 0, max: 0 },
  run: (call) =>
    withShop(async ({ database }) => {
      const report = await runAudit(database.urls.audit);
      const broken = report.results.filter(({ ok }) => !ok).length;
      const verdict =
        broken === 0 ? `All ${report.results.length} invariants hold.` : `${broken} invariants are broken.`;
      answer(call, report, [...report.results.flatMap(describe), verdict]);
      return report.isClean ? EXIT.done : EXIT.refused;
    }),
};

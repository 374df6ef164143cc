import { answer, type Command, EXIT } from "../command";
import { examine } from "../doctor/examine";
import type { Verdict } from "../doctor/finding";

const MARKS: Readonly<Record<Verdict, string>> = { ok: "ok      ", warning: "warning ", problem: "PROBLEM " };

export const doctorCommand: Command = {
  name: "doctor",
  usage: "",
  summary:
    "Looks at settings, database, roles, ledger, Redis, gateways, mail and disk; one sentence for each; exit 1 on a problem.",
  options: {},
  positionals: { min: 0, max: 0 },
  async run(call) {
    const findings = await examine();
    const hasProblem = findings.some(({ verdict }) => verdict === "problem");
    answer(
      call,
      { healthy: !hasProblem, findings },
      findings.map(({ verdict, subject, sentence }) => `${MARKS[verdict]}${subject}: ${sentence}`),
    );
    return hasProblem ? EXIT.refused : EXIT.done;
  },
};

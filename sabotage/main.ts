import { parseArgs } from "node:util";
import { nameOf } from "./bug";
import { BUGS } from "./bugs";
import { findBrokenChecks, tryBug } from "./try-bug";

const USAGE = `npm run sabotage -- [--only "AAD dropped,amount as float"] [--without-baseline] [--list]
  Plants one bug after the other in a build of its own and says which check caught it.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      "without-baseline": { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const names = values.only?.split(",").filter(Boolean);
  const unknown = names?.find((name) => !BUGS.some((bug) => bug.name === name));
  if (unknown !== undefined) throw new Error(`There is no bug named ${unknown}.`);
  const bugs = BUGS.filter(({ name }) => !names || names.includes(name));
  if (values.list) {
    for (const { name, breaks } of bugs) say(`${name.padEnd(44)} ${breaks}`);
    return 0;
  }
  if (!values["without-baseline"]) {
    const failing = await findBrokenChecks(bugs);
    if (failing.length > 0) throw new Error(`Without any bug these fail already:\n  ${failing.join("\n  ")}`);
    say("Without any bug, every check passes.");
  }
  let caught = 0;
  for (const bug of bugs) {
    const startedAt = performance.now();
    const { caughtBy, troubles } = await tryBug(bug);
    const seconds = `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
    if (caughtBy) caught++;
    const by = caughtBy ? `${nameOf(caughtBy.check)}: ${caughtBy.words}` : bug.breaks;
    say(`${caughtBy ? "caught " : "ESCAPED"}  ${bug.name.padEnd(42)} ${seconds.padStart(5)}  ${by}`);
    for (const trouble of troubles) say(`         ${trouble}`);
  }
  say(`${caught} of ${bugs.length} caught`);
  return caught === bugs.length ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    process.exit(2);
  },
);

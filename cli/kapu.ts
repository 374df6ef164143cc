import { parseArgs } from "node:util";
import { EnvError } from "@/lib/platform/env";
import { type Call, type Command, EXIT, type ExitCode, refuse, type Terminal } from "./command";
import { auditCommand } from "./commands/audit";
import { checkCachesCommand } from "./commands/check-caches";
import { createAdminCommand } from "./commands/create-admin";
import { demoCommand } from "./commands/demo";
import { doctorCommand } from "./commands/doctor";
import { exportCommand } from "./commands/export";
import { importCommand } from "./commands/import";
import { reconcileCommand } from "./commands/reconcile";
import { rotateKeysCommand } from "./commands/rotate-keys";
import { verifyLedgerCommand } from "./commands/verify-ledger";

const COMMANDS: readonly Command[] = [
  importCommand,
  auditCommand,
  checkCachesCommand,
  verifyLedgerCommand,
  reconcileCommand,
  exportCommand,
  doctorCommand,
  createAdminCommand,
  rotateKeysCommand,
  demoCommand,
];

const commandLine = ({ name, usage }: Command): string => `  ${`${name} ${usage}`.trim()}\n`;

function help(): string {
  const commands = COMMANDS.map((command) => `${commandLine(command)}      ${command.summary}\n`);
  return `npm run --silent kapu -- <command>

${commands.join("")}
--json on each prints exactly one JSON value on the standard output.
Exit: 0 done; 1 the answer is no; 2 called wrongly, nothing was done; 3 could not be done.
`;
}

function parse(command: Command, args: readonly string[], terminal: Terminal): Call | string {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...command.options, json: { type: "boolean" }, help: { type: "boolean" } },
      allowPositionals: true,
      strict: true,
    });
    const { positionals } = parsed;
    const values = parsed.values as Call["values"];
    const { min, max } = command.positionals;
    if (values.help !== true && (positionals.length < min || positionals.length > max)) {
      return positionals.length < min ? "Something is missing." : `Unexpected: ${positionals.slice(max).join(" ")}.`;
    }
    return { terminal, isJson: values.json === true, positionals, values };
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "";
  }
}

/** Runs one command. Never throws: what goes wrong becomes a sentence and an exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name = "help", ...rest] = args;
  const voice = { terminal, isJson: rest.includes("--json") };
  if (name === "help" || name === "--help" || name === "-h") {
    terminal.out(help());
    return args.length === 0 ? EXIT.usage : EXIT.done;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) {
    const message = `There is no command ${name}. Commands: ${COMMANDS.map((one) => one.name).join(", ")}.`;
    return refuse(voice, { code: "usage", message }, EXIT.usage);
  }
  const call = parse(command, rest, terminal);
  if (typeof call === "string") {
    return refuse(voice, { code: "usage", message: `${call}\nUsage: ${commandLine(command).trim()}` }, EXIT.usage);
  }
  if (call.values.help === true) {
    terminal.out(`${commandLine(command)}      ${command.summary}\n`);
    return EXIT.done;
  }
  return run(command, call);
}

async function run(command: Command, call: Call): Promise<ExitCode> {
  try {
    return await command.run(call);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof EnvError ? "environment" : "failed";
    return refuse(call, { code, message: message.trim() }, EXIT.failed);
  }
}

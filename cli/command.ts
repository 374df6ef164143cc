import type { ParseArgsConfig } from "node:util";

/** How a command ended. Other programs look at it, so a number never changes its meaning. */
export const EXIT = {
  done: 0,
  /** The command did its work, and the answer is no: an invariant is broken, a file was refused. */
  refused: 1,
  /** The command was called wrongly; nothing was done. */
  usage: 2,
  /** The command could not do its work: no database, a setting that is wrong, a fault. */
  failed: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where a command reads and writes; a test hands in its own. */
export interface Terminal {
  /** The folder from which the command was called. */
  readonly folder: string;
  readonly input: AsyncIterable<Uint8Array>;
  /** Answers: with `--json` exactly one JSON value. */
  readonly out: (text: string) => void;
  /** Everything else: progress, and why something was refused. */
  readonly err: (text: string) => void;
  /** Whether a person watches, who likes to see progress. */
  readonly isWatched: boolean;
}

export interface Call {
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Command {
  readonly name: string;
  /** Arguments as the help shows them. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  readonly positionals: { readonly min: number; readonly max: number };
  readonly run: (call: Call) => Promise<ExitCode>;
}

/** Prints the answer: as one line of JSON when asked for, or as sentences. */
export function answer({ terminal, isJson }: Call, value: unknown, sentences: readonly string[]): void {
  terminal.out(isJson ? `${JSON.stringify(value)}\n` : sentences.map((line) => `${line}\n`).join(""));
}

/** Says why nothing was done; with `--json` as JSON on the standard output too, so that a program need not guess. */
export function refuse(
  { terminal, isJson }: Pick<Call, "terminal" | "isJson">,
  { code, message }: { code: string; message: string },
  exit: ExitCode = EXIT.refused,
): ExitCode {
  if (isJson) terminal.out(`${JSON.stringify({ error: { code, message } })}\n`);
  else terminal.err(`${message}\n`);
  return exit;
}

/** The text of an option, or undefined when it was not given. */
export const textOf = ({ values }: Call, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

import pino from "pino";

type Field = string | number | boolean | bigint | null | undefined;

/** Ids and figures only: never a notification, a signature, a secret or an e-mail address. `error` is for caught exceptions. */
export type LogFields = Readonly<Record<string, Field | readonly Field[]>> & { readonly error?: never };

/**
 * One JSON line per state change. The event's name is dotted and in the past tense, as in `order.placed`.
 * A refusal is `info`, a retry `warn`, a page `error`.
 */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, error?: unknown): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
}

/** Where the lines go: standard output for the server, standard error for commands whose output is an answer. */
export type LogTarget = "stdout" | "stderr" | "silent";

/** Only the name, code, message and stack of an error: a database error also carries row values, which are not for logs. */
function describe(error: unknown): Record<string, unknown> | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return { message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    code: typeof code === "string" ? code : undefined,
    message: error.message,
    stack: error.stack,
  };
}

const printable = (fields: LogFields | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, value]) => [name, typeof value === "bigint" ? value.toString() : value]),
  );

/** A log that writes whole lines at once, so nothing is lost when the process is killed after a line. */
export function createLog(target: LogTarget): Log {
  const out = pino(
    { base: null, level: target === "silent" ? "silent" : "info", timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: target === "stdout" ? 1 : 2, sync: true }),
  );
  const write = (level: "info" | "warn" | "error") => (event: string, fields?: LogFields, error?: unknown) =>
    out[level]({ event, ...printable(fields), error: describe(error) });
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

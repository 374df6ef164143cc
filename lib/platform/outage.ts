import { causesOf, isRetryable, sqlStateOf } from "./db";

/** Connection failures of Node, and of the client: server gone, pool empty. */
const CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
]);
/** Connection exception, out of resources, operator intervention (shutdown, recovery). */
const CLASSES = ["08", "53", "57P"];
/** A statement that was cancelled because it took too long. */
const CANCELLED = "57014";

/** The same, in the words of the client's driver. */
const KINDS = new Set(["ConnectionClosed", "DatabaseNotReachable", "SocketTimeout", "TooManyConnections"]);
const WORDS = /connection terminated|timeout exceeded when trying to connect|query read timeout|is not queryable/i;

/** Whether an error says that the database is away or overloaded, as opposed to something being wrong with what we asked. */
export function isOutage(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== null && CLASSES.some((prefix) => state.startsWith(prefix))) return true;
  for (const { code, kind, message } of causesOf(error)) {
    if (typeof code === "string" && CODES.has(code)) return true;
    if (typeof kind === "string" && KINDS.has(kind)) return true;
    if (typeof message === "string" && WORDS.test(message)) return true;
  }
  return false;
}

/** Whether the same question, asked again, may simply be answered: an outage, or a wait for a lock that was given up. */
export const isPassing = (error: unknown): boolean =>
  isOutage(error) || isRetryable(error) || sqlStateOf(error) === CANCELLED;

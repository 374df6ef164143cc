/**
 * The members of a JSON object, each value as the very text that came: gateways that sign a part of their reply sign those
 * letters, escapes and all. Null when the text is no JSON object, or names a member twice.
 */
export function rawMembers(text: string): ReadonlyMap<string, string> | null {
  if (!isObject(text)) return null;
  const members = new Map<string, string>();
  let at = text.indexOf("{") + 1;
  for (;;) {
    at = skip(text, at, /[\s,]*/y);
    if (text[at] === "}") return members;
    const nameEnd = endOfValue(text, at);
    const name: string = JSON.parse(text.slice(at, nameEnd));
    const start = skip(text, nameEnd, /\s*:\s*/y);
    const end = endOfValue(text, start);
    if (members.has(name)) return null;
    members.set(name, text.slice(start, end));
    at = end;
  }
}

/** The parsed text, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(text: string): boolean {
  const parsed = parseJson(text);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
}

function skip(text: string, at: number, what: RegExp): number {
  what.lastIndex = at;
  return at + (what.exec(text)?.[0].length ?? 0);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^"{}[\],\s]+|[,\s]+/sy;

/** Where the value that begins here ends; the text is known to be JSON. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? text.slice(at);
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    at += token.length;
  } while (depth > 0 && at < text.length);
  return at;
}

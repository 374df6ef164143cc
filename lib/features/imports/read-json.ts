import { Tokenizer, TokenParser, TokenType } from "@streamparser/json";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { toTexts } from "./encodings";
import { type Cell, cardOfRow, cardOfText, refuse } from "./items";
import { type CardItem, type FileFault, fault, type Reading } from "./rules";

/** Pulls the members of one list out of a text that comes in pieces; holds one member and no more. */
export interface ListReader {
  /** The members that this piece completes, or `broken`. Numbers are the digits that stand there, and never rounded. */
  push(text: string): readonly unknown[] | "broken";
  /** Whether the text has come to its end where it may. */
  isWhole(): boolean;
}

const OPENING = new Set<TokenType>([TokenType.LEFT_BRACE, TokenType.LEFT_BRACKET]);
const CLOSING = new Set<TokenType>([TokenType.RIGHT_BRACE, TokenType.RIGHT_BRACKET]);

/** A number of 16 digits and more is another one after it has been a number. */
class LiteralTokenizer extends Tokenizer {
  override parseNumber(digits: string): number {
    return digits as unknown as number;
  }
}

class TooDeep extends Error {}

/** `list`: the names that lead to the list, joined by dots; "" for a list that is the whole text. */
export function createListReader(list: string): ListReader {
  const tokens = new LiteralTokenizer();
  const values = new TokenParser({ paths: [list === "" ? "$.*" : `$.${list}.*`], keepStack: false });
  let found: unknown[] = [];
  let depth = 0;
  tokens.onToken = (token) => {
    if (OPENING.has(token.token)) depth += 1;
    else if (CLOSING.has(token.token)) depth -= 1;
    if (depth > limits.importJsonDepthMax) throw new TooDeep();
    values.write(token);
  };
  values.onValue = ({ value }) => void found.push(value);
  values.onEnd = () => {
    if (!tokens.isEnded) tokens.end();
  };
  let quiet = 0;
  return {
    push(text) {
      found = [];
      quiet += text.length;
      try {
        tokens.write(text);
      } catch {
        // Whatever it complains of, the text is at fault: nothing of ours runs in there.
        return "broken";
      }
      if (found.length > 0) quiet = 0;
      return quiet > limits.importQuietLettersMax ? "broken" : found;
    },
    isWhole: () => values.isEnded,
  };
}

const wordOf = (value: unknown): Cell => {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return { refusal: "nested" };
  return String(value);
};

function cellsOf(member: object, columns: readonly string[]): Cell[] {
  if (Array.isArray(member)) return member.map(wordOf);
  return columns.map((name) => wordOf(Object.hasOwn(member, name) ? member[name as keyof typeof member] : ""));
}

/** The card that a member of a list is: a text or a number as it stands there, or the chosen fields of an object. */
export function cardOfMember(line: number, member: unknown, reading: Reading): CardItem {
  if (member === null || member === "") return refuse(line, "empty");
  if (typeof member !== "object") return cardOfText(line, String(member), reading);
  if (reading.chosen.length === 0) return refuse(line, "nested");
  return cardOfRow(line, cellsOf(member, reading.columns), reading) ?? refuse(line, "empty");
}

/** The cards of a JSON list, counted from 1. */
export async function* readJson(
  source: AsyncIterable<Uint8Array>,
  reading: Reading,
): AsyncGenerator<Result<readonly CardItem[], FileFault>> {
  const list = createListReader(reading.list);
  let line = 0;
  for await (const text of toTexts(source, reading.encoding)) {
    if (text === null) return yield err(fault("undecodable", line + 1));
    const members = list.push(text);
    if (members === "broken") return yield err(fault("broken_json", line + 1));
    yield ok(members.map((member) => cardOfMember(++line, member, reading)));
  }
  if (!list.isWhole()) yield err(fault("broken_json", line + 1));
  else if (line === 0) yield err(fault("no_list"));
}

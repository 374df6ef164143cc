import { limits } from "@/lib/kernel/limits";
import type { Refused } from "./rules";

export const ENCODINGS = ["utf-8", "gbk"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Takes bytes and tells lines; what it holds between two pieces is an unfinished line and no more. */
export interface LineReader {
  /** The lines that these bytes complete, or why the file is not read on. */
  push(bytes: Uint8Array): readonly string[] | Refused;
  /** The last line, when no break ends it. */
  end(): readonly string[] | Refused;
  /** How many lines have been told. */
  readonly lineCount: number;
}

export const isRefused = (lines: readonly string[] | Refused): lines is Refused => "reason" in lines;

/**
 * Decodes strictly, and splits at LF and CRLF. A byte that the encoding does not have refuses the file and names the line:
 * a name that was guessed is worse than none. A mark at the beginning of the file is passed over.
 */
export function createLineReader(encoding: Encoding): LineReader {
  // GB18030 is GBK and what came after it; and unlike the decoder of GBK, it refuses what is neither.
  const label = encoding === "gbk" ? "gb18030" : "utf-8";
  const decoder = new TextDecoder(label, { fatal: true });
  let rest = "";
  let lineCount = 0;

  function split(text: string, isEnd: boolean): readonly string[] | Refused {
    const whole = rest + text;
    const cut = isEnd ? whole.length : whole.lastIndexOf("\n") + 1;
    rest = whole.slice(cut);
    const lines = whole.slice(0, cut).split("\n");
    // Behind the last break there is nothing, or it is the end.
    if (lines.at(-1) === "") lines.pop();
    const bad = lines.findIndex((line) => line.length > limits.statementLineLettersMax || line.includes("\0"));
    if (bad >= 0) {
      const reason = lines[bad]?.includes("\0") ? "wrong_encoding" : "line_too_long";
      return { reason, line: lineCount + bad + 1 };
    }
    for (const [at, line] of lines.entries()) if (line.endsWith("\r")) lines[at] = line.slice(0, -1);
    lineCount += lines.length;
    if (rest.length > limits.statementLineLettersMax) return { reason: "line_too_long", line: lineCount + 1 };
    return lineCount > limits.statementLinesMax ? { reason: "too_many_lines", line: lineCount } : lines;
  }

  function brokenAt(bytes: Uint8Array): Refused {
    const text = new TextDecoder(label).decode(bytes);
    const before = text.slice(0, Math.max(0, text.indexOf("\ufffd")));
    return { reason: "wrong_encoding", line: lineCount + 1 + before.split("\n").length - 1 };
  }

  return {
    push(bytes) {
      try {
        return split(decoder.decode(bytes, { stream: true }), false);
      } catch {
        return brokenAt(bytes);
      }
    },
    end() {
      try {
        return split(decoder.decode(), true);
      } catch {
        return { reason: "wrong_encoding", line: lineCount + 1 };
      }
    },
    get lineCount() {
      return lineCount;
    },
  };
}

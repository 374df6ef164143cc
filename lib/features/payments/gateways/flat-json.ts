import { isUtf8 } from "node:buffer";
import { limits } from "@/lib/kernel/limits";
import { type Money, toDecimal } from "@/lib/kernel/money";
import { rawMembers } from "./json-members";
import { singleFields } from "./plain-fields";
import type { RawHttp } from "./port";

/** One member of a flat JSON object. A number keeps the letters it was written with: they, not their value, were signed. */
export interface JsonField {
  readonly name: string;
  /** The decoded text of a string; of anything else its letters in the source. */
  readonly text: string;
  readonly kind: "string" | "number" | "boolean" | "null";
}

const KINDS: Readonly<Record<string, JsonField["kind"]>> = { true: "boolean", false: "boolean", null: "null" };

/**
 * Reads a JSON object of plain values without losing a letter of a number; null when it is anything else: nested, not JSON, a
 * name twice (even with one value), a name like `__proto__`, a text that no database keeps.
 */
export function readFlatJson(source: string): readonly JsonField[] | null {
  const members = rawMembers(source);
  if (!members || members.size > limits.noticeFieldsMax) return null;
  const fields: JsonField[] = [];
  for (const [name, raw] of members) {
    if (/^[{[]/.test(raw)) return null;
    fields.push(fieldOf(name, raw));
  }
  return singleFields(fields.map(({ name, text }) => [name, text])) && fields;
}

/** The members of a posted JSON object; null when it is not one, or when its address carries pairs too. */
export function postedJson({ method, query, headers, body }: RawHttp): readonly JsonField[] | null {
  const contentType = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (method !== "POST" || query.length > 0 || !/^application\/json\s*(;|$)/i.test(contentType)) return null;
  if (body.byteLength > limits.notificationBodyBytesMax || !isUtf8(body)) return null;
  return readFlatJson(Buffer.from(body).toString("utf8"));
}

const fieldOf = (name: string, raw: string): JsonField =>
  raw.startsWith('"') ? textField(name, JSON.parse(raw) as string) : { name, text: raw, kind: KINDS[raw] ?? "number" };

/** Writes fields as one JSON object, a number with exactly its letters. */
export const writeFlatJson = (fields: readonly JsonField[]): string =>
  `{${fields.map(({ name, text, kind }) => `${JSON.stringify(name)}:${kind === "string" ? JSON.stringify(text) : text}`).join(",")}}`;

export const textField = (name: string, text: string): JsonField => ({ name, text, kind: "string" });
export const numberField = (name: string, literal: string): JsonField => ({ name, text: literal, kind: "number" });

/** 10.50 as `10.5`: the letters by which other languages print a number, and so what their servers check a signature over. */
export const shortestDecimal = (amount: Money): string => {
  const text = toDecimal(amount);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};

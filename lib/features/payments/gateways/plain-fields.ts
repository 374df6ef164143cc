import { isUtf8 } from "node:buffer";
import { limits } from "@/lib/kernel/limits";
import type { Pair, RawHttp } from "./port";
import { readPairs } from "./raw-http";

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** The pairs of a posted form; null when it is not one, or when its address carries pairs too: which would the signature mean? */
export function formPairs({ method, query, headers, body }: RawHttp): readonly Pair[] | null {
  const contentType = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (method !== "POST" || query.length > 0 || !FORM.test(contentType)) return null;
  if (body.byteLength > limits.notificationBodyBytesMax || !isUtf8(body)) return null;
  return readPairs(Buffer.from(body).toString("utf8"));
}

/** One plain value per name, or null: a repeat, an array (`sign[]`), a name like `__proto__`, a text no database keeps. */
export function singleFields(pairs: readonly Pair[]): ReadonlyMap<string, string> | null {
  if (pairs.length > limits.noticeFieldsMax) return null;
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!FIELD_NAME.test(name) || fields.has(name)) return null;
    if (value.length > limits.noticeValueLettersMax || value.includes("\0") || /\p{Surrogate}/u.test(value))
      return null;
    fields.set(name, value);
  }
  return fields;
}

/** A field of what a gateway sent; null in place of a value that proves something: whoever has it could send the message again. */
export interface EvidenceField {
  readonly name: string;
  readonly value: string | null;
}

/** Names, whole or as the last part of a path, under which gateways send signatures, keys and what opens them. */
const PROOF =
  /^(sign|sign_?data|signature.*|(.*[_-])?(key|secret|token|password|cert|certificate)|secret.*|authorization|auth_code|ciphertext|nonce(_str)?)$/i;
const FIELDS_MAX = 200;
const DEPTH_MAX = 4;

const isPair = (item: unknown): item is readonly unknown[] => Array.isArray(item) && item.length === 2;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value that is an object itself is laid out by its members, so that nothing hides in it. */
function layOut(name: string, value: unknown, into: EvidenceField[], depth = 0): void {
  if (into.length >= FIELDS_MAX) return;
  const last = name.split(".").at(-1) ?? name;
  if (PROOF.test(last)) {
    into.push({ name, value: null });
    return;
  }
  const nested = typeof value === "string" && /^\s*[[{]/.test(value) ? parse(value) : value;
  if (typeof nested === "object" && nested !== null) {
    if (depth === DEPTH_MAX) into.push({ name, value: null });
    else for (const [key, inner] of Object.entries(nested)) layOut(`${name}.${key}`, inner, into, depth + 1);
    return;
  }
  into.push({ name, value: String(value) });
}

/** The fields of an inbox row as people may see them, in the order in which they came; null when it does not consist of fields. */
export function readEvidence(raw: string): readonly EvidenceField[] | null {
  const pairs = parse(raw);
  if (!Array.isArray(pairs) || !pairs.every(isPair)) return null;
  const fields: EvidenceField[] = [];
  for (const [name, value] of pairs) layOut(String(name), value, fields);
  return fields;
}

/** Names under which gateways send what proves a message: whoever has it can send the message again. */
const PROOFS = new Set(["sign", "signature", "key", "token"]);

/** The raw text of an inbox row as people may see it: the pairs as they arrived, without what signed them. */
export function redactRaw(raw: string): string {
  const pairs = parsePairs(raw);
  if (!pairs) return "…";
  return pairs.map(([name, value]) => `${name}=${PROOFS.has(name.toLowerCase()) ? "…" : value}`).join("\n");
}

function parsePairs(raw: string): [string, string][] | null {
  try {
    const parsed: unknown = JSON.parse(raw);
    const isPair = (item: unknown) => Array.isArray(item) && item.length === 2;
    if (!Array.isArray(parsed) || !parsed.every(isPair)) return null;
    return parsed.map(([name, value]: unknown[]) => [String(name), String(value)]);
  } catch {
    return null;
  }
}

import type { Pair } from "./port";

/** What PHP's trim() removes. JavaScript's removes more, and would drop fields that the gateway signed. */
const PHP_BLANKS = " \t\n\r\0\v";

/** Whether PHP's trim() leaves nothing of it. */
export const isPhpBlank = (value: string): boolean => {
  for (const letter of value) if (!PHP_BLANKS.includes(letter)) return false;
  return true;
};

const SURROGATE = /[\ud800-\udfff]/;
/** UTF-16's order is that of the bytes, but for letters past the first plane. */
function byBytes(left: string, right: string): number {
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : Number(left > right);
}

/** `a=1&b=2` of the pairs that are kept, in byte order of their names, values raw: what the Chinese gateways sign. */
export const canonicalPairs = (pairs: readonly Pair[], isKept: (name: string, value: string) => boolean): string =>
  pairs
    .filter(([name, value]) => isKept(name, value))
    .sort(([left], [right]) => byBytes(left, right))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

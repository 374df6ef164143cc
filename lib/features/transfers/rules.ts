/** What may be said of a transfer by hand, and by how many. Pure: no clock, no I/O, no framework. */
import { limits } from "@/lib/kernel/limits";
import type { Money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";

/** Whether one person's word is not enough for so much money. */
export const needsTwoNames = ({ amountMinor, currency }: Money): boolean =>
  amountMinor > limits.aloneMinorMax[currency];

/** Letters that show nothing, or turn the ones after them around: nobody types them, and they make two texts look like one. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What somebody wrote, as one line that looks like what it is. */
export const plainLine = (text: string): string =>
  text.normalize("NFKC").replace(UNSEEN, " ").replace(/\s+/gu, " ").trim();

/** The bank's number as the payment is known by: whoever types it, with spaces or without, in large letters or small, means the same. */
export function tradeNumberOf(reference: string): Result<string, "reference_malformed"> {
  const number = plainLine(reference).replaceAll(" ", "").toUpperCase();
  const isPlain = /^[\p{L}\p{N}._\-/#:+]+$/u.test(number) && /\p{N}/u.test(number);
  if (!isPlain || number.length < limits.transferReferenceMin || number.length > limits.transferReferenceMax)
    return err("reference_malformed");
  return ok(number);
}

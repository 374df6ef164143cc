import { limits } from "@/lib/kernel/limits";
import { fingerprint } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** What stands in a text in place of a card. */
export const HIDDEN = "••••••";

/** How many words beside each other may be one card: an account, its password, and what stands between. */
const WORDS_TOGETHER = 4;

/** Whatever in a text could be a card: its lines, its words, words beside each other, and what stands behind a colon. */
function candidatesOf(text: string): string[] {
  const found = new Set<string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const words = line.split(/[\s，。；,;'"“”‘’「」()（）]+/u).filter((word) => word.length >= 4);
    const parts = line.trim().split(/\s+/);
    found.add(line.trim());
    for (const word of words)
      for (const one of [word, word.replace(/^.*?[:：]/u, "")]) {
        found.add(one);
        found.add(one.replace(/[?!？！.…:：、]+$/u, ""));
      }
    for (let from = 0; from < parts.length; from++)
      for (let count = 1; count <= WORDS_TOGETHER; count++) found.add(parts.slice(from, from + count).join(" "));
    if (found.size > limits.disputeWordsCompared) break;
  }
  found.delete("");
  return [...found].slice(0, limits.disputeWordsCompared);
}

/**
 * A text without the cards that somebody wrote into it, so that a thread never holds what only a receipt may show. They are found by their
 * fingerprints among the cards of the variants of the order: no ciphertext is opened. A card that is written otherwise than it was
 * sold is not recognised.
 */
export async function maskCards(
  tx: Tx,
  { keys }: Pick<Deps, "keys">,
  { orderId, merchantId, text }: { orderId: string; merchantId: string; text: string },
): Promise<string> {
  const key = keys.fingerprint(merchantId);
  const prints = new Map(candidatesOf(text).map((one) => [fingerprint(key, Buffer.from(one)).toString("hex"), one]));
  if (prints.size === 0) return text;
  const rows = await tx.$queryRaw<{ print: string }[]>`
    SELECT encode(s.fingerprint, 'hex') AS print FROM card_secret s
     WHERE s.variant_id IN (SELECT variant_id FROM order_line WHERE order_id = ${orderId}::uuid)
       AND s.fingerprint = ANY (ARRAY(SELECT decode(f, 'hex') FROM json_array_elements_text(${JSON.stringify([...prints.keys()])}::json) AS f))`;
  const cards = rows.map(({ print }) => prints.get(print) ?? "").sort((left, right) => right.length - left.length);
  return cards.reduce((masked, card) => (card === "" ? masked : masked.replaceAll(card, HIDDEN)), text);
}

import { createHash } from "node:crypto";
import { findDeadImports } from "@/lib/features/inventory/import-store";
import { finishImports } from "@/lib/flows/finish-imports";
import { generateKeys } from "@/lib/flows/generate-keys";
import { spendQuota } from "@/lib/flows/spend-quota";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import { peek } from "@/tests/support/quota";
import type { Ask, Book, Heard } from "./book";
import { type Command, USES } from "./commands";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

/** Nobody made this key. */
const INVENTED = "kq_00000000000000000000000000000000000000000000000000000";
/** The number of a command that means it. */
const INVENTED_AT = 9;

export const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

/** Mostly a key that somebody has bought; sometimes one on the shelf, or none at all. */
function pickKey({ keys, keysBefore }: Book, n: number): string {
  if (n === INVENTED_AT) return INVENTED;
  const held = keys.filter((key) => keysBefore.get(hashOf(key))?.cardStatus === "delivered");
  const some = n < 3 && held.length > 0 ? held : keys;
  return some[n % Math.max(1, some.length)] ?? INVENTED;
}

const ask = (book: Book, key: string, { callId, uses }: { callId: string; uses: number }): Ask => ({
  kind: "spend",
  client: null,
  async run(deps, { isFirst }): Promise<Heard> {
    const spent = await spendQuota(deps, { key: new Secret(key), callId, uses });
    const words = spent.verdict;
    if (words === "busy") return { words, isOpen: true };
    return { words, note: () => book.calls.push({ key, call: { ...spent, callId, isFirst } }) };
  },
});

/** The same name, the same use, whoever asks, wherever and however often; a key of nobody is none. */
export function spend(book: Book, { key: n, call, uses, twice }: Of<"spend">): Ask[] {
  const one = ask(book, pickKey(book, n), { callId: `call-of-key-${call}`, uses });
  return twice ? [one, one] : [one];
}

/** Of each key that somebody has, all that is left, and then one more. */
export const spendTheRest = (book: Book): Ask[] =>
  book.keys.flatMap((key) => {
    const seen = book.keysBefore.get(hashOf(key));
    if (seen?.cardStatus !== "delivered") return [];
    const left = seen.usesMax - seen.used;
    const last = { callId: "one-too-many", uses: 1 };
    return [...(left > 0 ? [ask(book, key, { callId: "all-that-is-left", uses: left })] : []), ask(book, key, last)];
  });

/** As many keys as were asked for are on sale, or none, also when the answer was lost and the form is sent again. */
export function makeKeys(book: Book, { variant, cards: count }: Of<"restock">): Ask {
  const { stage } = book;
  const { variants, merchant: merchantId, user: userId } = stage.scenery;
  const variantId = variants[variant]?.variantId as string;
  const wish = { batchId: newId(), variantId, count, uses: USES[variant] as number, note: "" };
  return {
    kind: "make keys",
    client: null,
    async run(deps, { isFirst }): Promise<Heard> {
      const made = await generateKeys(deps, { kind: "merchant", userId, merchantId }, wish);
      if (!isFirst) await finishImports(deps, await findDeadImports(deps.db, variantId));
      const [batch] = await stage.rows<{ status: string }>("SELECT status FROM batch WHERE id = $1", [wish.batchId]);
      if (batch?.status !== "published") {
        const words = made.ok ? `made, and ${batch?.status}` : made.error;
        return { words, note: () => isFirst && book.wrong(null, `making keys heard ${words}`) };
      }
      const texts = await peek({ deps, rows: stage.rows.bind(stage) }, variantId);
      return { words: "made", note: () => noteKeys(book, variant, { count, texts }) };
    },
  };
}

/** How many came, the shelf says; of two batches at once the first to be heard of may bring the keys of both. */
function noteKeys(book: Book, variant: number, { count, texts }: { count: number; texts: readonly string[] }): void {
  const keys = texts.filter((text) => text.startsWith("kq_") && !book.variantOfSecret.has(text));
  for (const key of keys) book.knowKey(key, variant);
  book.lay(variant, 0, count);
  book.onSale[variant] = (book.onSale[variant] ?? 0) + count;
}

import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { BlockHead } from "./rules";
import { fromHeadView, HeadPage, HeadView, LedgerView } from "./schema";

/** What somebody may have kept: a page of heads, the newest head alone, one head, or a list of any of these. */
const Kept = z.union([
  HeadPage.transform(({ items }) => items),
  LedgerView.transform(({ head }) => (head ? [head] : [])),
  HeadView.transform((head) => [head]),
]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads heads that were saved earlier: one JSON value as the API answers it, or one in each line, as a script appends them. */
export function readSavedHeads(text: string): Result<BlockHead[], "malformed"> {
  const whole = parseJson(text);
  const values =
    whole === undefined
      ? text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map(parseJson)
      : [whole].flat();
  const parsed = z.array(Kept).safeParse(values);
  return parsed.success ? ok(parsed.data.flat().map(fromHeadView)) : err("malformed");
}

export type FetchRefusal = "unreachable" | "malformed" | "too_many";

/** Every head that a shop publishes now, page by page; of one page when the address asks for one head only. */
export async function fetchHeads(url: URL, fetch: typeof globalThis.fetch): Promise<Result<BlockHead[], FetchRefusal>> {
  const heads: BlockHead[] = [];
  let next = url;
  for (let pages = 0; pages < limits.ledgerHeadPagesMax; pages++) {
    const answer = await fetch(next, { signal: AbortSignal.timeout(limits.ledgerHeadsTimeoutMs) }).catch(() => null);
    if (!answer?.ok) return err("unreachable");
    const text = await answer.text();
    const page = readSavedHeads(text);
    if (!page.ok) return page;
    heads.push(...page.value);
    const more = HeadPage.safeParse(parseJson(text));
    if (!more.success || more.data.nextAfter === null) return ok(heads);
    next = new URL(next);
    next.searchParams.set("after", String(more.data.nextAfter));
  }
  return err("too_many");
}

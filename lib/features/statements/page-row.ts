import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { Money } from "@/lib/kernel/money";
import { isNumber, rejected } from "./columns";
import type { RowRefusal, StatementKind, StatementRow, Taken } from "./rules";

/** What a page's reader must know that the page does not say. */
export interface PageContext {
  /** The line of the first row. */
  readonly line: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** Reads a gateway's own whole units of a currency; null for a currency or an amount that the shop cannot count. */
  readonly fromUnits: (units: number, currency: string) => Money | null;
}

/** One gateway's list: where its rows are, and what one of them says. */
export interface PageReader {
  rows(page: unknown): readonly unknown[] | null;
  row(row: unknown, context: PageContext): Taken;
}

export const listUnder =
  (name: string) =>
  (page: unknown): readonly unknown[] | null => {
    const read = z.looseObject({ [name]: z.array(z.unknown()).nullish() }).safeParse(page);
    return read.success ? ((read.data[name] as readonly unknown[] | null | undefined) ?? []) : null;
  };

type Draft = Omit<StatementRow, "line" | "raw">;

/** The last checks, which are the same for every list. */
export function finish(draft: Draft, raw: Readonly<Record<string, unknown>>, { line, now }: PageContext): Taken {
  const no = (reason: RowRefusal) => rejected(line, reason, JSON.stringify(raw));
  const numbers = [draft.gatewayTradeNo, draft.outTradeNo, draft.refundNo, draft.gatewayRefundNo, draft.part];
  if (draft.gatewayTradeNo === "" && draft.part === "") return no("number_missing");
  if (!numbers.every((number) => !number || isNumber(number))) return no("number_malformed");
  if (draft.occurredAt > now + limits.statementFutureMs) return no("future");
  const isSigned = draft.kind === "fee" || draft.kind === "dispute" || draft.kind === "adjustment";
  if (draft.amountMinor < 0n && !isSigned) return no("negative_amount");
  return { row: { ...draft, line, raw } };
}

/** A text of a page; nothing in a page is longer. */
export const Text = z.string().max(4_096);

/** The sign that a row's kind wants; a payout that came back is no payout. */
export function orient(
  kind: StatementKind,
  amountMinor: bigint,
): { readonly kind: StatementKind; readonly amountMinor: bigint } {
  const turned = kind === "refund" || kind === "payout" || kind === "fee" ? -amountMinor : amountMinor;
  const isContrary = turned < 0n && (kind === "payment" || kind === "refund" || kind === "payout");
  return isContrary ? { kind: "adjustment", amountMinor } : { kind, amountMinor: turned };
}

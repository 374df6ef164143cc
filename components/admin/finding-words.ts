import { wordOf } from "@/components/merchant/state-badges";
import { inLocale } from "@/components/merchant/view";
import type { BadgeTone } from "@/components/ui/badge";
import type { FindingRow } from "@/lib/features/reconciliation/list-findings";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { isCurrency } from "@/lib/kernel/money";

/** The name of a kind, as people say it. */
export const kindOf = (kind: string, locale: Locale): string => wordOf(getMessages(locale).admin.findings.kinds, kind);

/** What is wrong, and what that means for the buyer; of a kind that has no sentence yet, the honest general one. Who chose his card waits for no restock. */
export function meaningOf(
  said: string,
  locale: Locale,
  detail?: unknown,
): { readonly wrong: string; readonly buyer: string } {
  const isChoice = said === "owed_order" && Object.hasOwn((detail ?? {}) as object, "chosen");
  const kind = isChoice ? "owed_choice" : said;
  const meanings: Readonly<Record<string, { wrong: string; buyer: string }>> = getMessages(locale).findings.meanings;
  return (Object.hasOwn(meanings, kind) ? meanings[kind] : undefined) ?? getMessages(locale).findings.meanings.other;
}

/** How a finding ended: by itself, by a person's word, or by a remedy. */
export function resolutionOf(resolution: string | null, locale: Locale): string {
  const { admin, findings } = getMessages(locale);
  return wordOf({ ...findings.remedies.names, ...admin.findings.resolutions }, resolution ?? "");
}

/** The money at stake, or a dash. */
export const stakeOf = ({ amountMinor, currency }: Pick<FindingRow, "amountMinor" | "currency">, locale: Locale) =>
  amountMinor !== null && currency && isCurrency(currency)
    ? formatMinor(amountMinor.toString(), currency, locale)
    : "—";

export const GRAVITY_TONES: Readonly<Record<string, BadgeTone>> = {
  critical: "seal",
  high: "seal",
  medium: "plain",
  low: "muted",
};

/** What a finding is about: money as money, and whatever else is known by its name. The kind already says the verdict. */
export function findingText(detail: unknown, locale: Locale): string {
  const t = getMessages(locale).admin.findings;
  const { amountMinor, currency, verdict: _, ...rest } = (detail ?? {}) as Record<string, string | null>;
  const isMoney = currency && isCurrency(currency) && /^-?\d+$/.test(String(amountMinor));
  const money = isMoney ? [formatMinor(String(amountMinor), currency, locale)] : [];
  const others = Object.entries(rest)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${wordOf(t.details, name)} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return [...money, ...others].join(" · ") || "—";
}

/** Names and values of a JSON detail, one after another. */
export const detailText = (detail: unknown): string =>
  Object.entries((detail ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}=${String(value)}`)
    .join("  ") || "—";

/** Whose it is, and what was found, each thing once; of a closed one, how it ended. */
export function aboutFinding(row: FindingRow, locale: Locale): string {
  const t = getMessages(locale).findings;
  // The row names its account, and the detail of some kinds does so too.
  const { accountId: _, ...detail } = row.detail;
  const parts = [
    row.merchantName,
    inLocale(locale, row.titleZh, row.titleEn),
    row.accountId,
    findingText(row.accountId ? detail : row.detail, locale),
  ];
  if (row.foundCount > 1)
    parts.push(fill(t.row.found, { count: row.foundCount, at: formatStamp(row.lastFoundAt, locale) }));
  if (row.resolvedAt) {
    const how = resolutionOf(row.resolution, locale);
    parts.push(fill(t.row.closed, { how, at: formatStamp(row.resolvedAt, locale) }));
  }
  return parts.filter((part) => part && part !== "—").join(" · ");
}

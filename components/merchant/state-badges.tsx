import { Badge, type BadgeTone } from "@/components/ui/badge";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

const ORDER_TONES: Record<string, BadgeTone> = {
  pending: "plain",
  paid: "strong",
  delivered: "strong",
  refunding: "seal",
};
const GRAVE = new Set(["owed", "disputed", "double_paid", "underpaid", "overpaid"]);

/** The word for a value of a known set; an unknown one stands for itself. */
export const wordOf = (words: Readonly<Record<string, string>>, value: string): string =>
  (Object.hasOwn(words, value) ? words[value] : value) ?? value;

/** Both axes of an order: where it stands, and what is wrong with it, if anything. */
export function OrderBadges({
  status,
  exception,
  locale,
}: Readonly<{ status: string; exception: string; locale: Locale }>) {
  const t = getMessages(locale).merchant.labels;
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Badge tone={ORDER_TONES[status] ?? "muted"}>{wordOf(t.status, status)}</Badge>
      {exception === "none" ? null : (
        <Badge tone={GRAVE.has(exception) ? "seal" : "plain"}>{wordOf(t.exception, exception)}</Badge>
      )}
    </span>
  );
}

export function BatchBadge({ status, isHeld, locale }: Readonly<{ status: string; isHeld?: boolean; locale: Locale }>) {
  if (isHeld) return <Badge tone="seal">{getMessages(locale).merchant.labels.card.quarantined}</Badge>;
  const tone: BadgeTone = status === "published" ? "strong" : status === "draft" ? "seal" : "muted";
  return <Badge tone={tone}>{wordOf(getMessages(locale).merchant.labels.batch, status)}</Badge>;
}

export function ProductBadge({
  status,
  isHalted,
  locale,
}: Readonly<{ status: string; isHalted?: boolean; locale: Locale }>) {
  const t = getMessages(locale).merchant.labels.productStatus;
  if (isHalted) return <Badge tone="seal">{t.halted}</Badge>;
  return <Badge tone={status === "published" ? "strong" : "muted"}>{wordOf(t, status)}</Badge>;
}

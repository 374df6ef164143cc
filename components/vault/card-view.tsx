import { notFound } from "next/navigation";
import type { ComponentProps } from "react";
import { Facts, PageHead, Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale, type ViewProps } from "@/components/merchant/view";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCells, Table } from "@/components/ui/table";
import { type CardEvent, type CardPage, findCardPage } from "@/lib/features/vault/card-story";
import { shortCard } from "@/lib/features/vault/item";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { CardPreview } from "./card-preview";
import { CardReveal } from "./card-reveal";
import { CardQuota } from "./quota-figures";

interface CardViewProps extends ViewProps {
  readonly cardId: string;
  /** Whether the viewer has just shown who they are. */
  readonly isProved: boolean;
  /** The code of what a form without scripts was refused. */
  readonly refused: string | null;
  /** Says what is public about it. */
  readonly preview: ComponentProps<typeof CardPreview>["action"];
}

/** One card: what it is, the way to its text for whoever may see it, and everything that ever happened to it. */
export async function CardView({ cardId, isProved, refused, preview, ...view }: CardViewProps) {
  const { locale, viewer, base } = view;
  const card = await findCardPage(getDeps(), viewer, cardId);
  if (!card) notFound();
  const { vault, merchant, staff } = getMessages(locale);
  const t = vault.card;
  const publicId = toPublicId("card", card.id);
  return (
    <>
      <PageHead
        title={fill(t.title, { card: shortCard(publicId) })}
        lead={`${inLocale(locale, card.productTitleZh, card.productTitleEn)} · ${inLocale(locale, card.titleZh, card.titleEn)}`}
      >
        <Badge tone="strong">{wordOf(merchant.labels.card, card.state)}</Badge>
      </PageHead>
      {refused ? (
        <Notice tone="seal" role="alert" className="mb-5">
          {wordOf(staff.errors, refused)}
        </Notice>
      ) : null}
      <Part title={t.secret}>
        <CardReveal
          cardId={publicId}
          role={viewer.kind}
          isProved={isProved}
          stepUpHref={`/${locale}/step-up?next=${encodeURIComponent(`${base}/vault/${publicId}`)}`}
          t={t}
        />
      </Part>
      <Part title={t.facts}>
        <Facts facts={factsOf(card, view)} />
      </Part>
      <CardPreview {...{ locale, viewer, card, action: preview }} />
      <CardQuota {...{ locale, viewer, cardId: card.id }} />
      <Part title={t.story}>
        <Story story={card.story} locale={locale} />
      </Part>
    </>
  );
}

function factsOf(card: CardPage, { locale, base, viewer }: ViewProps) {
  const { vault, staff } = getMessages(locale);
  const { columns, card: t } = vault;
  const { none } = staff.table;
  const stamp = (at: Date | null) => (at ? formatStamp(at, locale) : none);
  const link = (path: string, text: string) => (
    <a href={`${base}/${path}`} className="underline decoration-line underline-offset-4 hover:decoration-ink">
      {text}
    </a>
  );
  return [
    [t.sku, card.sku],
    [columns.batch, link(`batches/${toPublicId("batch", card.batchId)}`, card.batchNumber.toString())],
    [
      columns.order,
      card.orderId && card.orderNumber ? link(`orders/${toPublicId("order", card.orderId)}`, card.orderNumber) : none,
    ],
    [columns.expires, stamp(card.expiresAt)],
    [t.deliveredAt, stamp(card.deliveredAt)],
    [columns.pool, poolNameIn(locale, { slug: card.poolSlug, name: card.poolName })],
    ...(viewer.kind === "admin" ? [[columns.merchant, card.merchantName] as const] : []),
  ] as const;
}

function Story({ story, locale }: Readonly<{ story: readonly CardEvent[]; locale: Locale }>) {
  const { card: t } = getMessages(locale).vault;
  const { role } = getMessages(locale).merchant.labels;
  return (
    <Table aria-label={t.story}>
      <thead>
        <tr>
          <HeadCells names={[t.at, t.what, t.who, t.why]} />
        </tr>
      </thead>
      <tbody>
        {story.map((event, at) => (
          <tr key={`${event.at.getTime()}-${event.what}-${at}`}>
            <Cell className="figures whitespace-nowrap text-soft">{formatStamp(event.at, locale)}</Cell>
            <Cell>
              {whatOf(event, t)}
              {event.orderNumber ? <span className="figures block text-xs text-faint">{event.orderNumber}</span> : null}
            </Cell>
            <Cell className="whitespace-nowrap">{event.email ?? (event.by ? wordOf(role, event.by) : "—")}</Cell>
            <Cell className="min-w-40">{whyOf(event, t)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

type Words = ReturnType<typeof getMessages>["vault"]["card"];

function whatOf({ kind, what }: CardEvent, t: Words): string {
  if (kind === "ledger") return wordOf(t.ledger, what);
  return kind === "order_reveal" ? t.orderReveal : wordOf(t.reveals, what);
}

/** People wrote a reason; what the shop did by itself has a reference, which is a word of ours or an id that says nothing here. */
function whyOf({ kind, reason, by }: CardEvent, t: Words): string {
  if (kind !== "ledger") return wordOf(t.reasons, reason);
  return by || Object.hasOwn(t.references, reason) ? wordOf(t.references, reason) : "";
}

import Link from "next/link";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { OrderCases } from "@/components/disputes/order-cases";
import { Facts, PageHead, Part, QuietLink } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { inLocale } from "@/components/merchant/view";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { listInboxChoices } from "@/lib/features/reconciliation/count-findings";
import type { FindingCard, FindingHead } from "@/lib/features/reconciliation/find-finding";
import { type FindingPage, readFindingPage } from "@/lib/flows/read-finding-page";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { FindingStory } from "./finding-story";
import { findingText, GRAVITY_TONES, kindOf, meaningOf, resolutionOf, stakeOf } from "./finding-words";
import { FindingWork, type WorkActions } from "./finding-work";
import { OrderLink } from "./order-link";
import { Code } from "./proof-code";

interface FindingViewProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly findingId: string;
  readonly actions: WorkActions;
  /** What may be done about it, as the page that has the actions gives it. */
  readonly remedies?: (page: FindingPage) => ReactNode;
}

/** One difference: what is wrong in a sentence, what it means for the buyer, what may be done, and everything on one time line. */
export async function FindingView({ locale, viewer, findingId, actions, remedies }: FindingViewProps) {
  const page = await readFindingPage(getDeps(), viewer, findingId);
  if (!page) notFound();
  const { finding, cards, story } = page;
  const { admins } = await listInboxChoices(getDeps(), viewer);
  const t = getMessages(locale).findings;
  return (
    <>
      <PageHead title={kindOf(finding.kind, locale)}>
        <Badge tone={GRAVITY_TONES[finding.severity]}>{t.severities[finding.severity]}</Badge>
        <Badge tone={finding.status === "open" ? "seal" : "plain"}>{t.states[finding.status]}</Badge>
        {finding.isHalted ? <Badge tone="seal">{t.row.halted}</Badge> : null}
        <QuietLink href={`/${locale}/admin/findings`}>{t.page.back}</QuietLink>
      </PageHead>
      <Meaning locale={locale} finding={finding} />
      <Facts facts={factsOf(finding, locale)} />
      {remedies?.(page)}
      <Part title={t.page.work} note={t.page.workLead}>
        <FindingWork {...{ locale, viewer, finding, admins, actions }} />
      </Part>
      <OrderCases {...{ locale, viewer }} orderId={finding.orderId} />
      {cards.length > 0 ? (
        <Part title={t.page.cards} note={t.page.cardsLead}>
          <Cards locale={locale} cards={cards} />
        </Part>
      ) : null}
      <Part title={t.page.story} note={t.page.storyLead}>
        <FindingStory locale={locale} story={story} />
      </Part>
      <Part title={t.page.evidence} note={t.page.evidenceLead}>
        <Code text={JSON.stringify({ subject: finding.subject, ...finding.detail, ...finding.evidence }, null, 2)} />
      </Part>
    </>
  );
}

function Meaning({ locale, finding }: Readonly<{ locale: Locale; finding: FindingHead }>) {
  const t = getMessages(locale).findings.page;
  const { wrong, buyer } = meaningOf(finding.kind, locale, finding.detail);
  const about = findingText(finding.detail, locale);
  return (
    <Notice tone={finding.resolvedAt ? "plain" : "seal"} className="mb-5">
      <dl className="space-y-2">
        <div>
          <dt className="font-medium">{t.wrong}</dt>
          <dd>
            {wrong} {about === "—" ? null : <span className="wrap-anywhere text-soft">{about}</span>}
          </dd>
        </div>
        <div>
          <dt className="font-medium">{t.buyer}</dt>
          <dd>{buyer}</dd>
        </div>
      </dl>
    </Notice>
  );
}

function factsOf(finding: FindingHead, locale: Locale): [string, ReactNode][] {
  const { findings } = getMessages(locale);
  const t = findings.page;
  const stamp = (at: Date) => formatStamp(at, locale);
  const product = inLocale(locale, finding.titleZh, finding.titleEn);
  return [
    [t.money, stakeOf(finding, locale)],
    [t.owner, finding.ownerEmail ?? findings.row.nobody],
    [t.since, stamp(finding.openedAt)],
    [t.again, fill(t.times, { at: stamp(finding.lastFoundAt), count: finding.foundCount })],
    [t.order, <OrderLink key="order" locale={locale} orderId={finding.orderId} number={finding.orderNumber} />],
    ...(finding.merchantName ? [[t.merchant, finding.merchantName] as [string, ReactNode]] : []),
    ...(finding.productId && product
      ? [[t.product, <ProductLink key="p" {...{ locale, finding, product }} />] as [string, ReactNode]]
      : []),
    ...(finding.accountId ? [[t.account, finding.accountId] as [string, ReactNode]] : []),
    ...(finding.resolvedAt
      ? [
          [t.result, `${resolutionOf(finding.resolution, locale)} · ${stamp(finding.resolvedAt)}`] as [
            string,
            ReactNode,
          ],
        ]
      : []),
    ...(finding.reason ? [[t.reason, finding.reason] as [string, ReactNode]] : []),
  ];
}

const ProductLink = ({
  locale,
  finding,
  product,
}: Readonly<{ locale: Locale; finding: FindingHead; product: string }>) => (
  <Link
    href={`/${locale}/admin/products/${finding.productId ? toPublicId("product", finding.productId) : ""}`}
    prefetch={false}
    className="underline decoration-line underline-offset-4 hover:decoration-ink"
  >
    {product}
  </Link>
);

/** Which cards it is about; of each only what tells it from the others of its batch. */
function Cards({ locale, cards }: Readonly<{ locale: Locale; cards: readonly FindingCard[] }>) {
  const { findings, merchant } = getMessages(locale);
  const t = findings.page.cardColumns;
  return (
    <Table aria-label={findings.page.cards}>
      <thead>
        <tr>
          <HeadCell>{t.card}</HeadCell>
          <HeadCell>{t.batch}</HeadCell>
          <HeadCell>{t.position}</HeadCell>
          <HeadCell>{t.status}</HeadCell>
          <HeadCell>{t.at}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {cards.map((card) => (
          <tr key={card.id}>
            <Cell className="secret-text whitespace-nowrap text-xs">
              {card.sku} …{card.id.slice(-6)}
            </Cell>
            <Cell className="figures">
              <Link
                href={`/${locale}/admin/batches/${toPublicId("batch", card.batchId)}`}
                prefetch={false}
                className="underline decoration-line underline-offset-4"
              >
                {card.batchNumber.toString()}
              </Link>
            </Cell>
            <Cell className="figures">{card.position ?? "—"}</Cell>
            <Cell>{wordOf(merchant.labels.card, card.status)}</Cell>
            <Cell className="figures whitespace-nowrap">
              {card.deliveredAt ? formatStamp(card.deliveredAt, locale) : "—"}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

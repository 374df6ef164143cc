import Link from "next/link";
import { notFound } from "next/navigation";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { BatchQuota } from "@/components/vault/quota-figures";
import { listMoves } from "@/lib/features/inventory/queries";
import { type BatchDetail, type CardCounts, findBatch } from "@/lib/features/merchants/batches";
import { readQuality } from "@/lib/features/replacements/quality";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { Quality } from "./bad-rate";
import { type BatchActs, BatchLife } from "./batch-life";
import { variantTitle } from "./batches-view";
import { MovesTable } from "./moves-table";
import { Facts, PageHead, Part } from "./page-head";
import { BatchBadge, wordOf } from "./state-badges";
import { TakeBack } from "./take-back";
import type { ViewProps } from "./view";

interface BatchViewProps extends ViewProps {
  readonly batchId: string;
  readonly publish: ComponentProps<typeof ActionForm>["action"];
  readonly acts: BatchActs;
}

/** One batch: what came in, what became of each card, and, while it is a draft, the button that puts it on sale. */
export async function BatchView({ locale, viewer, base, batchId, publish, acts }: BatchViewProps) {
  const batch = await findBatch(getDeps(), viewer, batchId);
  if (!batch) notFound();
  const [moves, quality] = await Promise.all([
    listMoves(getDeps(), viewer, batchId),
    readQuality(getDeps(), [batch.id]),
  ]);
  const { merchant, staff, vault } = getMessages(locale);
  const t = merchant.batch;
  const isOpen =
    !batch.withdrawnAt && (batch.status === "draft" || (batch.status === "published" && batch.counts.draft > 0));
  return (
    <>
      <PageHead title={fill(t.title, { number: batch.number.toString() })} lead={variantTitle(locale, batch)}>
        <BatchBadge status={batch.status} isHeld={batch.holdId !== null} locale={locale} />
      </PageHead>
      {isOpen ? (
        <Card className="mb-6">
          <ActionForm action={publish} locale={locale} errors={staff.errors} className="space-y-3">
            <p className="text-sm text-soft">{t.publishLead}</p>
            <input type="hidden" name="batchId" value={batch.id} />
            <ActionSubmit variant="seal" pendingLabel={t.publishing}>
              {fill(t.publish, { count: formatCount(batch.counts.draft, locale) })}
            </ActionSubmit>
          </ActionForm>
        </Card>
      ) : null}
      <Part title={t.cards}>
        <CardFigures counts={batch.counts} locale={locale} />
        <Link
          href={`${base}/vault?batch=${toPublicId("batch", batch.id)}`}
          prefetch={false}
          className={`${buttonClass({ size: "sm" })} mt-3`}
        >
          {vault.title}
        </Link>
      </Part>
      <BatchQuota {...{ locale, viewer, batchId }} />
      <Quality quality={quality.get(batch.id)} sold={batch.counts.delivered} locale={locale} />
      <BatchLife {...{ locale, batch, acts }} />
      <TakeBack {...{ locale, batch, takeBack: acts.takeBack }} />
      <MovesTable locale={locale} rows={moves} />
      <Part title={t.import}>
        <Facts facts={factsOf(batch, locale)} />
      </Part>
      <Part title={t.rejects} note={t.rejectsNote}>
        <Rejects batch={batch} locale={locale} />
        {batch.rejects.length > 0 ? (
          <p className="mt-3">
            <a
              href={`/api/merchant/batches/${toPublicId("batch", batch.id)}/rejects?locale=${locale}`}
              className={buttonClass({ size: "sm" })}
              download
            >
              {getMessages(locale).imports.batch.download}
            </a>
          </p>
        ) : null}
      </Part>
    </>
  );
}

function CardFigures({ counts, locale }: Readonly<{ counts: CardCounts; locale: Locale }>) {
  const { card } = getMessages(locale).merchant.labels;
  const states = ["draft", "available", "reserved", "delivered", "quarantined", "withdrawn"] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line sm:grid-cols-3 lg:grid-cols-6">
      {states.map((state) => (
        <div key={state} className="bg-surface px-4 py-3">
          <dt className="text-xs text-faint">{card[state]}</dt>
          <dd className="figures text-lg font-semibold">{formatCount(counts[state], locale)}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(batch: BatchDetail, locale: Locale): (readonly [string, string])[] {
  const { batch: t, batches } = getMessages(locale).merchant;
  const { none } = getMessages(locale).staff.table;
  const stamp = (at: Date | null) => (at ? formatStamp(at, locale) : none);
  const count = (n: number) => formatCount(n, locale);
  return [
    [batches.columns.lines, count(batch.lineCount)],
    [batches.columns.accepted, count(batch.acceptedCount)],
    [batches.columns.duplicate, count(batch.duplicateCount)],
    [batches.columns.rejected, count(batch.rejectedCount)],
    [t.createdAt, stamp(batch.createdAt)],
    [t.publishedAt, stamp(batch.publishedAt)],
    [t.by, batch.appUser?.email ?? none],
    [t.note, batch.note || none],
    ...knownOf(batch, locale),
    ...(batch.failure
      ? [[t.failure, wordOf({ ...getMessages(locale).staff.errors, ...t.failures }, batch.failure)] as const]
      : []),
  ];
}

/** Where the batch went in, and what its merchant said of it, where something was said. */
function knownOf(batch: BatchDetail, locale: Locale): (readonly [string, string])[] {
  const t = getMessages(locale).imports.batch;
  const { source, unitCostMinor, costCurrency, cardsExpireAt, warrantyDays } = batch;
  const known: (readonly [string, string])[] = [
    [getMessages(locale).pools.columns.pool, poolNameIn(locale, batch.stockPool)],
  ];
  if (source) known.push([t.source, source]);
  if (unitCostMinor !== null && costCurrency)
    known.push([t.cost, formatMinor(unitCostMinor.toString(), costCurrency, locale)]);
  if (cardsExpireAt) known.push([t.expires, formatStamp(cardsExpireAt, locale)]);
  if (warrantyDays !== null) known.push([t.warranty, fill(t.days, { days: warrantyDays })]);
  return known;
}

function Rejects({ batch, locale }: Readonly<{ batch: BatchDetail; locale: Locale }>) {
  const { batch: t, labels } = getMessages(locale).merchant;
  if (batch.rejects.length === 0) return <p className="text-sm text-soft">{t.rejectsNone}</p>;
  return (
    <div className="max-h-96 overflow-y-auto">
      <Table aria-label={t.rejects}>
        <thead>
          <tr>
            <HeadCell className="w-32">{t.line}</HeadCell>
            <HeadCell>{t.reason}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {batch.rejects.map(({ line, reason }) => (
            <tr key={line}>
              <Cell className="figures">{formatCount(line, locale)}</Cell>
              <Cell>{wordOf(labels.reject, reason)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

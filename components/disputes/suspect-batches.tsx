import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { inLocale, type ViewProps } from "@/components/merchant/view";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { listSuspectBatches, type SuspectBatch } from "@/lib/features/disputes/counters";
import { shareOf } from "@/lib/features/disputes/rules";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import { newId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";

interface SuspectBatchesProps extends ViewProps {
  readonly moveBatch: ComponentProps<typeof ActionForm>["action"];
  /** One batch alone. */
  readonly only?: string;
}

/** Batches that many buyers reported, each with the proposal to put its rest aside; whoever reads it presses the button, or does not. */
export async function SuspectBatches({ only, ...props }: SuspectBatchesProps) {
  const batches = await listSuspectBatches(getDeps(), props.viewer, only ?? null);
  if (batches.length === 0) return null;
  return (
    <div className="mb-6 space-y-3">
      {batches.map((batch) => (
        <Suspect key={batch.batchId} batch={batch} {...props} />
      ))}
    </div>
  );
}

function Suspect({ batch, locale, base, moveBatch }: Omit<SuspectBatchesProps, "only"> & { batch: SuspectBatch }) {
  const { disputes, staff, life } = getMessages(locale);
  const t = disputes.suspect;
  const count = (n: number) => formatCount(n, locale);
  const facts = {
    number: batch.number.toString(),
    item: inLocale(locale, batch.titleZh, batch.titleEn),
    days: limits.disputeBatchDays,
    reports: count(batch.reports),
    delivered: count(batch.delivered),
    rate: shareOf(batch.reports, batch.delivered),
    available: count(batch.available),
  };
  return (
    <Notice tone="seal" title={t.title}>
      <p>{fill(t.text, facts)}</p>
      <p className="mt-1 text-soft">{t.ask}</p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <ActionForm action={moveBatch} locale={locale} errors={{ ...staff.errors, ...life.errors }}>
          <input type="hidden" name="moveId" value={newId()} />
          <input type="hidden" name="batchId" value={batch.batchId} />
          <input type="hidden" name="kind" value="quarantine" />
          <input type="hidden" name="reason" value={fill(t.reason, facts)} />
          <ActionSubmit size="sm" pendingLabel={t.puttingAside}>
            {fill(t.putAside, facts)}
          </ActionSubmit>
        </ActionForm>
        <Link
          href={`${base}/batches/${toPublicId("batch", batch.batchId)}`}
          prefetch={false}
          className={buttonClass({ size: "sm", variant: "quiet" })}
        >
          {t.openBatch}
        </Link>
      </div>
    </Notice>
  );
}

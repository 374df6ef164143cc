import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import type { BatchDetail } from "@/lib/features/merchants/batches";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { BatchActs } from "./batch-life";
import { Part } from "./page-head";
import { sentencesOf } from "./upload-receiving";

interface TakeBackProps {
  locale: Locale;
  batch: BatchDetail;
  takeBack: BatchActs["takeBack"];
}

/** Taking a whole batch back while nothing of it is sold; and what became of one that was. */
export function TakeBack({ locale, batch, takeBack }: Readonly<TakeBackProps>) {
  const t = getMessages(locale).imports.batch;
  const { reserved, delivered } = batch.counts;
  if (batch.withdrawnAt) {
    return <Notice className="mt-8">{batch.status === "withdrawn" ? t.takenBack : t.partlyTakenBack}</Notice>;
  }
  const isOpen = batch.status === "draft" || batch.status === "published";
  if (!isOpen || batch.acceptedCount === 0 || reserved + delivered > 0) return null;
  return (
    <Part title={t.takeBack} note={t.takeBackLead}>
      <Card className="max-w-2xl">
        <ActionForm action={takeBack} locale={locale} errors={sentencesOf(locale)} className="space-y-3">
          <input type="hidden" name="batchId" value={batch.id} />
          <label className="flex min-h-11 items-center gap-2 text-sm">
            <input type="checkbox" required className="size-4" />
            {t.sure}
          </label>
          <ActionSubmit variant="outline" pendingLabel={t.takingBack}>
            {t.takeBack}
          </ActionSubmit>
        </ActionForm>
      </Card>
    </Part>
  );
}

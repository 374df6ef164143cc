import { BatchView } from "@/components/merchant/batch-view";
import { baseOf } from "@/components/merchant/view";
import { requireId } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";
import { publishBatchAction } from "../../actions";
import { moveBatchAction, moveCardsAction, takeBackAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
}

export default async function MerchantBatchPage({ params }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("merchant", locale, `/merchant/batches/${id}`);
  return (
    <BatchView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      batchId={requireId("batch", id)}
      publish={publishBatchAction}
      acts={{ moveBatch: moveBatchAction, moveCards: moveCardsAction, takeBack: takeBackAction }}
    />
  );
}

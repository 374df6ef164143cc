import { Facts, Part } from "@/components/merchant/page-head";
import type { ViewProps } from "@/components/merchant/view";
import { findQuotaOfCard, sumQuotasOfBatch } from "@/lib/features/quota/queries";
import { getMessages } from "@/lib/i18n";
import { formatCount } from "@/lib/i18n/format";
import { getDeps } from "@/lib/platform/deps";

type Viewed = Pick<ViewProps, "locale" | "viewer">;

/** What is spent of one card, where it is a key; else nothing. */
export async function CardQuota({ locale, viewer, cardId }: Readonly<Viewed & { cardId: string }>) {
  const quota = await findQuotaOfCard(getDeps(), viewer, cardId);
  if (!quota) return null;
  const t = getMessages(locale).quotas.figures;
  const count = (n: number) => formatCount(n, locale);
  return (
    <Part title={t.title}>
      <Facts
        facts={[
          [t.used, count(quota.used)],
          [t.left, count(quota.usesMax - quota.used)],
        ]}
      />
    </Part>
  );
}

/** The same of all keys of a batch together. */
export async function BatchQuota({ locale, viewer, batchId }: Readonly<Viewed & { batchId: string }>) {
  const quota = await sumQuotasOfBatch(getDeps(), viewer, batchId);
  if (!quota) return null;
  const t = getMessages(locale).quotas.figures;
  const count = (n: number | bigint) => formatCount(Number(n), locale);
  return (
    <Part title={t.title}>
      <Facts
        facts={[
          [t.keys, count(quota.keys)],
          [t.begun, count(quota.begun)],
          [t.used, count(quota.used)],
          [t.left, count(quota.usesMax - quota.used)],
        ]}
      />
    </Part>
  );
}

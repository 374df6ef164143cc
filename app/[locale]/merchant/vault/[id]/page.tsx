import { baseOf } from "@/components/merchant/view";
import { CardView } from "@/components/vault/card-view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { FoundQuery } from "@/lib/features/vault/schema";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export default async function MerchantCardPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer, isProved } = await requireRole("merchant", locale, `/merchant/vault/${id}`);
  const { refused } = await readQuery(FoundQuery, searchParams);
  return (
    <CardView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      cardId={requireId("card", id)}
      isProved={isProved}
      refused={refused ?? null}
    />
  );
}

import { baseOf } from "@/components/merchant/view";
import { CardView } from "@/components/vault/card-view";
import { requireId } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
}

export default async function MerchantCardPage({ params }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer, isProved } = await requireRole("merchant", locale, `/merchant/vault/${id}`);
  return (
    <CardView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      cardId={requireId("card", id)}
      isProved={isProved}
    />
  );
}

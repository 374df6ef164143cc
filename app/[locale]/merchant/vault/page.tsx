import type { Metadata } from "next";
import { baseOf } from "@/components/merchant/view";
import { VaultView } from "@/components/vault/vault-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { FoundQuery, VaultQuery } from "@/lib/features/vault/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { moveVaultCardsAction, searchVaultAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).vault.title };
}

export default async function MerchantVaultPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/vault");
  const [query, { found, refused }] = await Promise.all([
    readQuery(VaultQuery, searchParams),
    readQuery(FoundQuery, searchParams),
  ]);
  return (
    <VaultView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      query={query}
      found={found ?? null}
      refused={refused ?? null}
      acts={{ search: searchVaultAction, move: moveVaultCardsAction }}
    />
  );
}

import type { Metadata } from "next";
import { WalletsView } from "@/components/admin/wallets-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { WalletListQuery } from "@/lib/features/wallets/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { adjustWalletAction, decideAdjustmentAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).wallets.admin.title };
}

export default async function WalletsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/wallets");
  const query = await readQuery(WalletListQuery, searchParams);
  return <WalletsView {...{ locale, viewer, query }} adjust={adjustWalletAction} decide={decideAdjustmentAction} />;
}

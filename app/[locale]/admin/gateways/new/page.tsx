import type { Metadata } from "next";
import { GatewayForm } from "@/components/admin/gateway-form";
import { GatewayKindsView } from "@/components/admin/gateway-kinds-view";
import { PageHead } from "@/components/merchant/page-head";
import { requireRole } from "@/lib/entry/session";
import { listOwners, suggestAccountId } from "@/lib/features/payments/account-settings";
import { notifyUrlOf } from "@/lib/features/payments/accounts";
import { isGatewayKind } from "@/lib/features/payments/gateways/registry";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { saveGatewayAccountAction } from "../../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: Promise<{ kind?: string | string[] }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.gateways.add };
}

export default async function NewGatewayPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/gateways/new");
  const { kind } = await searchParams;
  if (typeof kind !== "string" || !isGatewayKind(kind)) return <GatewayKindsView locale={locale} />;
  const { admin, gateways } = getMessages(locale);
  const deps = getDeps();
  const fresh = {
    suggestion: await suggestAccountId(deps, kind),
    notifyBase: notifyUrlOf(deps, { kind, id: "" }),
    merchants: await listOwners(deps, viewer),
  };
  return (
    <>
      <PageHead title={fill(admin.gateways.newTitle, { kind: gateways[kind].title })} lead={gateways[kind].who} />
      <GatewayForm locale={locale} kind={kind} save={saveGatewayAccountAction} fresh={fresh} />
    </>
  );
}

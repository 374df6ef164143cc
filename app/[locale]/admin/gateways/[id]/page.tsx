import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { GatewayView } from "@/components/admin/gateway-view";
import { requireRole } from "@/lib/entry/session";
import { findAccountSettings } from "@/lib/features/payments/account-settings";
import { listTests } from "@/lib/features/payments/test-payments";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import {
  checkGatewayAccountAction,
  checkTestPaymentAction,
  refundTestPaymentAction,
  saveGatewayAccountAction,
  startTestPaymentAction,
  testGatewayAccountAction,
} from "../../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.gateways.title };
}

export default async function GatewayPage({ params }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/gateways/${encodeURIComponent(id)}`);
  const deps = getDeps();
  const account = await findAccountSettings(deps, viewer, id);
  if (!account) notFound();
  return (
    <GatewayView
      locale={locale}
      account={account}
      save={saveGatewayAccountAction}
      check={checkGatewayAccountAction}
      test={testGatewayAccountAction}
      tests={account.takesNotices ? await listTests(deps.db, account.id) : null}
      trial={{ start: startTestPaymentAction, ask: checkTestPaymentAction, refund: refundTestPaymentAction }}
    />
  );
}

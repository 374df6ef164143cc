import type { Metadata } from "next";
import Link from "next/link";
import { StatementUpload } from "@/components/admin/statement-upload";
import { PageHead } from "@/components/merchant/page-head";
import { inLocale } from "@/components/merchant/view";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { requireRole } from "@/lib/entry/session";
import { listStatementAccounts } from "@/lib/flows/statement-accounts";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).statements.uploadPage.title };
}

export default async function UploadStatementPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/statements/upload");
  const { statements, merchant, staff } = getMessages(locale);
  const t = statements.uploadPage;
  const deps = getDeps();
  const accounts = await listStatementAccounts(deps);
  if (accounts.length === 0) {
    return (
      <EmptyState title={t.title} text={t.noAccounts} heading="h1">
        <Link href={`/${locale}/admin/gateways`} className={buttonClass()}>
          {t.toGateways}
        </Link>
      </EmptyState>
    );
  }
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <noscript>
        <p className="mb-4 text-sm text-soft">{t.needsScript}</p>
      </noscript>
      <StatementUpload
        locale={locale}
        accounts={accounts.map(({ id, titleZh, titleEn }) => ({
          id,
          label: `${inLocale(locale, titleZh, titleEn)} · ${id}`,
        }))}
        after={deps.clock.now()}
        filesHref={`/${locale}/admin/statements`}
        t={statements}
        bars={merchant.upload}
        errors={staff.errors}
        none={staff.table.none}
      />
    </>
  );
}

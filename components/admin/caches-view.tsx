import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { PageHead, Part } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { listDrifts } from "@/lib/features/operations/drift";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { CacheResult } from "./cache-result";

interface CachesViewProps {
  locale: Locale;
  check: ComponentProps<typeof ActionForm>["action"];
  rebuild: ComponentProps<typeof ActionForm>["action"];
}

/** What is kept beside the database: compared on demand, built anew by hand, and what was found of it so far. */
export async function CachesView({ locale, check, rebuild }: Readonly<CachesViewProps>) {
  const { reports, staff } = getMessages(locale);
  const t = reports.caches;
  const deps = getDeps();
  const drifts = await listDrifts(deps);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      {deps.redis ? null : <Notice className="mb-4">{t.noRedis}</Notice>}
      <div className="grid gap-6 lg:grid-cols-2">
        <Act title={t.check} note={t.checkNote}>
          <ActionForm action={check} locale={locale} errors={staff.errors} className="space-y-3">
            <ActionSubmit variant="seal" pendingLabel={t.checking}>
              {t.check}
            </ActionSubmit>
            <CacheResult locale={locale} t={t} />
          </ActionForm>
        </Act>
        <Act title={t.rebuild} note={t.rebuildNote}>
          <ActionForm action={rebuild} locale={locale} errors={staff.errors} className="space-y-3">
            <ActionSubmit pendingLabel={t.rebuilding}>{t.rebuild}</ActionSubmit>
            <CacheResult locale={locale} t={t} />
          </ActionForm>
        </Act>
      </div>
      <Part title={t.found}>
        {drifts.length === 0 ? <EmptyState title={t.emptyTitle} text={t.emptyText} /> : null}
        {drifts.length > 0 ? <Drifts locale={locale} drifts={drifts} /> : null}
      </Part>
    </>
  );
}

function Act({ title, note, children }: Readonly<{ title: string; note: string; children: React.ReactNode }>) {
  return (
    <section className="rounded-md border bg-surface p-5">
      <h2 className="font-semibold">{title}</h2>
      <p className="mt-1 mb-3 text-sm text-soft">{note}</p>
      {children}
    </section>
  );
}

function Drifts({ locale, drifts }: Readonly<{ locale: Locale; drifts: Awaited<ReturnType<typeof listDrifts>> }>) {
  const t = getMessages(locale).reports.caches;
  return (
    <Table aria-label={t.found}>
      <thead>
        <tr>
          <HeadCell>{t.columns.cache}</HeadCell>
          <HeadCell>{t.columns.state}</HeadCell>
          <HeadCell className="text-right">{t.columns.drifted}</HeadCell>
          <HeadCell className="text-right">{t.columns.compared}</HeadCell>
          <HeadCell>{t.columns.lastAt}</HeadCell>
          <HeadCell>{t.columns.mendedAt}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {drifts.map(({ id, subject, resolvedAt, lastFoundAt, detail }) => {
          const { compared = "", drifted = "" } = detail as { compared?: string; drifted?: string };
          return (
            <tr key={id}>
              <Cell>{subject === "pages" ? t.pages : t.stock}</Cell>
              <Cell>
                <Badge tone={resolvedAt ? "muted" : "seal"}>{resolvedAt ? t.mended : t.open}</Badge>
              </Cell>
              <Cell className="figures text-right">{drifted}</Cell>
              <Cell className="figures text-right">{compared}</Cell>
              <Cell className="figures whitespace-nowrap">{formatStamp(lastFoundAt, locale)}</Cell>
              <Cell className="figures whitespace-nowrap">{resolvedAt ? formatStamp(resolvedAt, locale) : "—"}</Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

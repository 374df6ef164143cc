import { Refresher } from "@/components/admin/refresher";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type ExportRow, listExports } from "@/lib/features/merchants/exports";
import { getMessages } from "@/lib/i18n";
import { fill, formatBytes, formatCount, formatStamp } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { PageHead } from "./page-head";
import { wordOf } from "./state-badges";
import type { ViewProps } from "./view";

/** The files that this person asked for; looks again by itself while one is being written. */
export async function ExportsView({ locale, viewer }: ViewProps) {
  const t = getMessages(locale).selling.exports;
  const files = await listExports(getDeps(), viewer);
  return (
    <>
      <PageHead title={t.title} lead={fill(t.lead, { hours: limits.exportHours })} />
      {files.some(({ state }) => state === "waiting") ? <Refresher /> : null}
      {files.length === 0 ? <EmptyState title={t.emptyTitle} text={t.emptyText} /> : null}
      {files.length > 0 ? (
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCell>{t.at}</HeadCell>
              <HeadCell>{t.state}</HeadCell>
              <HeadCell>
                <span className="sr-only">{t.download}</span>
              </HeadCell>
              <HeadCell>{t.format}</HeadCell>
              <HeadCell className="text-right">{t.rows}</HeadCell>
              <HeadCell className="text-right">{t.size}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <File key={file.id} locale={locale} file={file} />
            ))}
          </tbody>
        </Table>
      ) : null}
    </>
  );
}

function File({ locale, file }: Pick<ViewProps, "locale"> & { readonly file: ExportRow }) {
  const t = getMessages(locale).selling.exports;
  const isDone = file.state === "done";
  return (
    <tr>
      <Cell className="figures whitespace-nowrap">{formatStamp(file.createdAt, locale)}</Cell>
      <Cell>
        <Badge tone={isDone ? "strong" : file.state === "failed" ? "seal" : "muted"}>
          {wordOf(t.states, file.state)}
        </Badge>
      </Cell>
      <Cell className="whitespace-nowrap">
        {isDone ? (
          <a
            href={`/api/merchant/exports/${toPublicId("export", file.id)}`}
            download
            className="underline underline-offset-4"
          >
            {t.download}
          </a>
        ) : null}
      </Cell>
      <Cell>{file.format.toUpperCase()}</Cell>
      <Cell className="figures text-right">{formatCount(file.rowCount, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">{isDone ? formatBytes(Number(file.byteCount)) : "—"}</Cell>
    </tr>
  );
}

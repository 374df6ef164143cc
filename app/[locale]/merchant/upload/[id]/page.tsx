import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { ImportPreview } from "@/components/merchant/import-preview";
import { ImportRunning } from "@/components/merchant/import-running";
import { PageHead } from "@/components/merchant/page-head";
import { UploadEnded } from "@/components/merchant/upload-ended";
import { UploadReceiving } from "@/components/merchant/upload-receiving";
import { baseOf } from "@/components/merchant/view";
import { requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { findUploadProgress } from "@/lib/features/imports/queries";
import { WishQuery } from "@/lib/features/imports/schema";
import { findOwnUpload } from "@/lib/features/imports/uploads";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toLocale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { cancelUploadAction, startImportAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.upload.title };
}

/** One file on its way: what is still to come of it, how it is read, how far its import is. */
export default async function UploadedPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("merchant", locale, `/merchant/upload/${id}`);
  const { db } = getDeps();
  const upload = await findOwnUpload(db, viewer, requireId("upload", id));
  if (!upload) notFound();
  const base = baseOf(locale, viewer);
  if (upload.state === "done" && upload.batchId) redirect(`${base}/batches/${toPublicId("batch", upload.batchId)}`);
  const t = getMessages(locale).imports;
  const shared = { locale, upload, cancel: cancelUploadAction };
  return (
    <>
      <PageHead title={fill(t.title, { name: upload.name || t.pasted })} />
      {upload.state === "receiving" ? <UploadReceiving {...shared} id={id} base={base} /> : null}
      {upload.state === "received" ? (
        <ImportPreview
          {...shared}
          wish={WishQuery.parse(await searchParams)}
          path={`${base}/upload/${id}`}
          start={startImportAction}
        />
      ) : null}
      {upload.state === "importing" ? (
        <ImportRunning
          {...shared}
          id={id}
          expected={upload.expectedLines}
          progress={await findUploadProgress(db, viewer, upload.id)}
        />
      ) : null}
      {upload.state === "refused" || upload.state === "cancelled" ? (
        <UploadEnded {...{ locale, upload, base }} />
      ) : null}
    </>
  );
}

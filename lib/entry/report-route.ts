import type { NextRequest } from "next/server";
import { proofOf } from "@/lib/features/identity/step-up";
import { ClosesFileForm, StatementFileForm } from "@/lib/features/reports/schema";
import { type ReportFile, writeCloses, writeStatement } from "@/lib/flows/write-report";
import { type Locale, toLocale } from "@/lib/i18n/locale";
import type { Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { currentSession } from "./session";
import { isFromOurPage, refuse } from "./upload";

const BODY_BYTES_MAX = 4 * 1024;

interface Sent {
  readonly deps: Deps;
  readonly viewer: Proven;
  readonly fields: Readonly<Record<string, string>>;
  readonly locale: Locale;
}

/** What came with a form of a page of ours from somebody who has just shown who they are; or the answer to anybody else. */
async function readSent(request: NextRequest): Promise<Sent | Response> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  if (!isFromOurPage(request, deps)) return refuse("forbidden");
  if (Number(request.headers.get("content-length") ?? BODY_BYTES_MAX + 1) > BODY_BYTES_MAX)
    return refuse("file_too_large");
  const form = await request.formData();
  const fields = Object.fromEntries(
    [...form.entries()].filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== ""),
  );
  const locale = toLocale(fields.locale ?? "");
  const proof = proofOf<Viewer>(session);
  if (proof.ok) return { deps, viewer: proof.value, fields, locale };
  if (!(request.headers.get("accept") ?? "").includes("text/html")) return refuse("step_up");
  // To where one shows who one is, and from there back to the page that has the button.
  const home = session.viewer.kind === "admin" ? "admin/reports" : "merchant/statement";
  const next = encodeURIComponent(`/${locale}/${home}`);
  return new Response(null, {
    status: 303,
    headers: { Location: `/${locale}/step-up?next=${next}`, "Cache-Control": "no-store" },
  });
}

function fileOf(written: Result<ReportFile, string>): Response {
  if (!written.ok) return refuse(written.error === "not_allowed" ? "not_found" : written.error);
  return new Response(written.value.text, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${written.value.name}"`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/** The closes of a span of days, to an admin. */
export async function answerCloses(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (sent instanceof Response) return sent;
  const form = ClosesFileForm.safeParse(sent.fields);
  if (!form.success) return refuse("invalid");
  return fileOf(await writeCloses(sent.deps, sent.viewer, { ...form.data, locale: sent.locale }));
}

/** A merchant's month: their own to a merchant, any to an admin. */
export async function answerStatementFile(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (sent instanceof Response) return sent;
  const { deps, viewer, locale } = sent;
  const form = StatementFileForm.safeParse(sent.fields);
  if (!form.success) return refuse("invalid");
  const { month, merchant } = form.data;
  const merchantId = merchant ?? (viewer.kind === "merchant" ? viewer.merchantId : null);
  if (merchantId === null) return refuse("not_found");
  return fileOf(await writeStatement(deps, viewer, { merchantId, month, locale }));
}

import type { NextRequest } from "next/server";
import { proofOf } from "@/lib/features/identity/step-up";
import { toItem } from "@/lib/features/vault/item";
import { listCards } from "@/lib/features/vault/list-cards";
import { ExportForm, OwnRevealForm, RevealCardForm, VaultQuery } from "@/lib/features/vault/schema";
import { exportCards } from "@/lib/flows/export-cards";
import { revealCard } from "@/lib/flows/reveal-card";
import { type Locale, toLocale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { hashAddress } from "./client-address";
import { currentClient } from "./peer";
import { currentSession } from "./session";
import { storable, withoutNul } from "./storable";
import { answer, isFromOurPage, refuse } from "./upload";

const BODY_BYTES_MAX = 128 * 1024;

/** More rows of a list that is being scrolled: the page's own query, and where it ended. */
export async function answerVaultRows(request: NextRequest): Promise<Response> {
  const session = await currentSession();
  if (!session) return refuse("unauthorized");
  const query = VaultQuery.parse(withoutNul(Object.fromEntries(request.nextUrl.searchParams)));
  const { rows, next } = await listCards(getDeps(), session.viewer, query);
  return answer({ ok: true, rows: rows.map(toItem), next });
}

interface Sent {
  readonly deps: Deps;
  readonly viewer: Proven;
  readonly fields: Readonly<Record<string, string | string[]>>;
  readonly trace: { readonly addressHash: Uint8Array; readonly userAgent: string };
}

async function fieldsOf(request: NextRequest): Promise<Record<string, string | string[]>> {
  const form = await request.formData();
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name).filter((value) => typeof value === "string");
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

/** What came with a form from a page of ours, by somebody who has just shown who they are; or the code of the refusal. */
async function readSent(request: NextRequest): Promise<Result<Sent, string>> {
  const deps = getDeps();
  const session = await currentSession();
  if (!session) return err("unauthorized");
  if (!isFromOurPage(request, deps)) return err("forbidden");
  if (Number(request.headers.get("content-length") ?? BODY_BYTES_MAX + 1) > BODY_BYTES_MAX)
    return err("file_too_large");
  const proof = proofOf<Viewer>(session);
  if (!proof.ok) return proof;
  const { address, userAgent } = await currentClient();
  const trace = { addressHash: hashAddress(deps.keys, address), userAgent };
  return ok({ deps, viewer: proof.value, fields: await fieldsOf(request), trace });
}

const wantsPage = (request: NextRequest): boolean => (request.headers.get("accept") ?? "").includes("text/html");

/** A form without scripts is led to where one shows who one is, and from there back; whatever else was refused, back to the page. */
function leadBack(request: NextRequest, code: string, path: string): Response {
  if (!wantsPage(request)) return refuse(code);
  const locale: Locale = toLocale(path.split("/")[1] ?? "");
  if (code === "unauthorized") return seeOther(`/${locale}/sign-in`);
  if (code === "step_up") return seeOther(`/${locale}/step-up?next=${encodeURIComponent(path)}`);
  return seeOther(withRefusal(path, code));
}

/** The page's address with what to say on it. */
function withRefusal(path: string, code: string): string {
  const url = new URL(path, "http://page.invalid");
  url.searchParams.set("refused", code);
  return url.pathname + url.search;
}

const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { Location: path, "Cache-Control": "no-store" } });

/** The page a form was sent from, if it is one of ours: only its path, whatever the header says of a host. */
function pageOf(request: NextRequest): string {
  const referer = request.headers.get("referer") ?? "";
  const path = URL.canParse(referer) ? new URL(referer).pathname + new URL(referer).search : "";
  return /^\/(zh|en)\/(merchant|admin)\/vault/.test(path) ? path : "/zh/merchant/vault";
}

const PLAIN = {
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;

/** Opens one card: as JSON for a script, as a page of nothing but its text without one. */
export async function answerCardReveal(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (!sent.ok) return leadBack(request, sent.error, pageOf(request));
  const { deps, viewer, fields, trace } = sent.value;
  const isOwn = viewer.kind === "merchant";
  const form = storable(isOwn ? OwnRevealForm : RevealCardForm).safeParse(fields);
  if (!form.success) return leadBack(request, refusalOf(form.error.issues[0]?.message), pageOf(request));
  const reason = "reason" in form.data ? String(form.data.reason) : "own_card";
  const revealed = await revealCard(deps, viewer, { ...trace, cardId: form.data.card, reason });
  if (!revealed.ok) return leadBack(request, revealed.error, pageOf(request));
  const text = revealed.value.text.reveal();
  return wantsPage(request) ? new Response(text, { headers: PLAIN }) : answer({ ok: true, text });
}

const refusalOf = (message: string | undefined): string =>
  message === "not_found" || message === "required" ? message : "invalid";

/** Streams the texts of a merchant's own cards as a file; an admin has none to take away, and hears that there is nothing. */
export async function answerVaultExport(request: NextRequest): Promise<Response> {
  const sent = await readSent(request);
  if (!sent.ok) return leadBack(request, sent.error, pageOf(request));
  const { deps, viewer, fields, trace } = sent.value;
  if (viewer.kind !== "merchant") return refuse("not_found");
  const form = storable(ExportForm).safeParse(fields);
  if (!form.success) return leadBack(request, refusalOf(form.error.issues[0]?.message), pageOf(request));
  const { target, reason, format } = form.data;
  const exported = await exportCards(deps, viewer, { target, reason, format, ...trace });
  if (!exported.ok) return leadBack(request, exported.error, pageOf(request));
  const name = `cards-${toPublicId("merchant", viewer.merchantId).slice(-6)}.${format}`;
  return new Response(toStream(deps, exported.value), {
    headers: { ...PLAIN, "Content-Disposition": `attachment; filename="${name}"` },
  });
}

/** A chunk is opened when the receiver has taken the last one; an error breaks the download off, so that half a file is not taken for all. */
function toStream(deps: Deps, chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          deps.log.error("vault.export_failed", {}, error);
          controller.error(error);
        }
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

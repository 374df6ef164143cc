import { type EvidenceLine, evidenceLines } from "@/lib/features/disputes/evidence-lines";
import { type PackReport, type PackReveal, readPack } from "@/lib/features/disputes/pack";
import { findStaffDispute, type StaffDispute, type ThreadMessage } from "@/lib/features/disputes/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type PdfBlock, writePdf } from "@/lib/platform/pdf";

type Admin = Extract<Viewer, { kind: "admin" }>;

const heading = (text: string): PdfBlock => ({ kind: "heading", text });
const row = ([name, lines]: EvidenceLine): PdfBlock => ({ kind: "row", name, lines });

function headBlocks(dispute: StaffDispute, items: readonly string[], locale: Locale, madeAt: Date): PdfBlock[] {
  const { pack: t } = getMessages(locale).disputes;
  const facts: EvidenceLine[] = [
    [t.chargeback, [dispute.chargebackNumber ?? ""]],
    [t.account, [dispute.accountId ?? ""]],
    [t.number, [dispute.orderNumber]],
    [t.email, [dispute.email]],
    [t.item, items],
    [t.made, [formatStamp(madeAt, locale)]],
  ];
  return [{ kind: "text", text: t.about }, heading(t.order), ...facts.map(row)];
}

/** A line for each time that somebody looked; what was not recorded is said to be missing. */
function revealBlocks(reveals: readonly PackReveal[], locale: Locale): PdfBlock[] {
  const { pack, evidence: t, by } = getMessages(locale).disputes;
  if (reveals.length === 0) return [heading(pack.access), { kind: "text", text: t.neverRevealed }];
  const rows = reveals.map((one): EvidenceLine => {
    const who = Object.hasOwn(by, one.by) ? by[one.by as keyof typeof by] : one.by;
    const network = one.network ? fill(t.network, { code: one.network }) : t.networkNone;
    const device = one.device ? fill(t.device, { device: one.device }) : t.deviceNone;
    return [formatStamp(one.at, locale), [`${who} · ${network}`, device]];
  });
  return [heading(pack.access), ...rows.map(row)];
}

function messageLines({ by, kind, body, detail }: ThreadMessage, locale: Locale): string[] {
  const t = getMessages(locale).disputes;
  const { outcome } = detail;
  const event = Object.hasOwn(t.events, kind) ? t.events[kind as keyof typeof t.events] : kind;
  const said =
    kind === "decided" && typeof outcome === "string" && Object.hasOwn(t.outcomes, outcome)
      ? fill(t.buyer.outcome, { outcome: t.outcomes[outcome as keyof typeof t.outcomes] })
      : event;
  return [`${t.by[by]} · ${said}`, ...(body ? [body] : [])];
}

function reportBlocks(reports: readonly PackReport[], locale: Locale): PdfBlock[] {
  const { pack: t, kinds, list } = getMessages(locale).disputes;
  if (reports.length === 0) return [heading(t.complaint), { kind: "text", text: t.nothing }];
  return reports.flatMap(({ kind, position, messages }) => {
    const about = position === null ? list.whole : fill(list.card, { n: position });
    const rows = messages.map((message) => row([formatStamp(message.at, locale), messageLines(message, locale)]));
    return [heading(`${t.complaint} · ${kinds[kind]} · ${about}`), ...rows];
  });
}

/**
 * The evidence of a chargeback as a PDF, for an admin, who is on record: what was known when it was opened, every look at the cards, and all
 * that the buyer had reported. It holds no card and no address, because nothing that it is made of does.
 */
export async function writeEvidencePack(
  deps: Deps,
  viewer: Admin,
  { disputeId, locale }: { disputeId: string; locale: Locale },
): Promise<Result<{ bytes: Buffer<ArrayBuffer>; name: string }, "not_found">> {
  const dispute = await findStaffDispute(deps, viewer, disputeId);
  if (dispute?.source !== "gateway") return err("not_found");
  const { items, reveals, reports } = await readPack(deps.db, dispute.orderId);
  const { disputes: t } = getMessages(locale);
  const madeAt = new Date(deps.clock.now());
  const titles = items.map(({ titleZh, titleEn, quantity }) => `${locale === "zh" ? titleZh : titleEn} × ${quantity}`);
  const bytes = await writePdf({
    title: t.pack.title,
    blocks: [
      ...headBlocks(dispute, titles, locale, madeAt),
      heading(t.pack.delivery),
      ...evidenceLines(dispute.evidence, locale).map(row),
      { kind: "text", text: t.pack.fingerprintNote },
      ...revealBlocks(reveals, locale),
      ...reportBlocks(reports, locale),
    ],
    pageLabel: (n, all) => fill(t.pack.page, { n, all }),
    madeAt,
  });
  await inTransaction(deps.db, async (tx) => {
    const { merchantId, orderId } = dispute;
    const subject = { subjectKind: "dispute", subjectId: disputeId, merchantId, detail: { orderId } };
    await recordAudit(tx, { actor: viewer, action: "dispute.evidence_written", ...subject });
    return ok(null);
  });
  return ok({ bytes, name: `evidence-${dispute.orderNumber}-${locale}.pdf` });
}

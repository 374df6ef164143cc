import { Part } from "@/components/merchant/page-head";
import { type EvidenceLine, evidenceLines, fairnessLine } from "@/lib/features/disputes/evidence-lines";
import type { StaffDispute } from "@/lib/features/disputes/queries";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

/** What was known when the dispute was opened, and both counters as they stand now. */
export function EvidencePart({ dispute, locale }: Readonly<{ dispute: StaffDispute; locale: Locale }>) {
  const t = getMessages(locale).disputes.evidence;
  const now: EvidenceLine[] = [
    [t.buyerNow, [fairnessLine(dispute.buyer, locale)]],
    [t.merchantNow, [fairnessLine(dispute.merchant, locale)]],
  ];
  return (
    <Part title={t.title} note={t.lead}>
      <dl className="divide-y border-y text-sm">
        {[...evidenceLines(dispute.evidence, locale), ...now].map(([name, lines]) => (
          <div key={name} className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[8rem_minmax(0,1fr)]">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">
              {lines.map((line) => (
                <span key={line} className="block">
                  {line}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

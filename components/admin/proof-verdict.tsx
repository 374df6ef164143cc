import { Badge } from "@/components/ui/badge";
import type { InvariantResult } from "@/lib/features/audit";
import type { ProofBoard } from "@/lib/features/operations/proof";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

/** What the audit that goes on by itself last said of an invariant; null before its first pass. */
function standingOf({ broken, checks }: ProofBoard, id: string): "holds" | "broken" | "unknown" | null {
  if (broken.some(({ invariant }) => invariant === id)) return "broken";
  const last = [checks.get(`${id} continuous`), checks.get(`${id} full`)].filter((check) => check !== undefined);
  if (last.length === 0) return null;
  return last.some(({ failure }) => failure !== null) ? "unknown" : "holds";
}

interface VerdictProps {
  locale: Locale;
  result: InvariantResult | undefined;
  board: ProofBoard;
  id: string;
}

/** What a person's own check found, or else what the continuous audit says. */
export function Verdict({ locale, result, board, id }: Readonly<VerdictProps>) {
  const t = getMessages(locale).admin.proof;
  if (!result) {
    const standing = standingOf(board, id);
    if (standing === null) return <Badge tone="muted">—</Badge>;
    const word = { holds: t.holds, broken: t.isBroken, unknown: t.unknown }[standing];
    return <Badge tone={standing === "holds" ? "strong" : "seal"}>{word}</Badge>;
  }
  if (result.failure !== null) return <Badge tone="seal">{t.unknown}</Badge>;
  if (result.ok) return <Badge tone="strong">{t.holds}</Badge>;
  const count = result.rows.length;
  return <Badge tone="seal">{fill(result.hasMore ? t.violatedMore : t.violated, { count })}</Badge>;
}

import { type FindingHead, findFinding, readFinding } from "@/lib/features/reconciliation/find-finding";
import { countDone, type RemedyAct } from "@/lib/features/reconciliation/remedy-acts";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { isCurrency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { findRemedy, remediesFor } from "./remedies/registry";
import type { Admin, AnyRemedy, Look } from "./remedies/remedy";

/** Which remedy, and what was chosen in its form. */
export interface AskedRemedy {
  readonly findingId: string;
  readonly remedy: string;
  readonly input: Readonly<Record<string, string>>;
}

/** Everything that the button will change, before anybody has pressed it. */
export interface RemedyPreview extends Look {
  /** The id that the act will have; send it with the confirmation. */
  readonly actId: string;
  /** What was looked at, for the confirmation; and when, by the database's clock. */
  readonly seen: string;
  readonly seenAt: Date;
  readonly needsTwoNames: boolean;
  readonly needsProof: boolean;
}

/** - not_found: no such finding, for this viewer · already_closed · not_for_this: its kind has no such remedy · invalid: what was chosen cannot be */
export type LookRefusal = "not_found" | "already_closed" | "not_for_this" | "invalid" | (string & {});

/** A remedy as it stands before one finding. */
export interface Standing {
  readonly remedy: AnyRemedy;
  readonly finding: FindingHead;
  readonly input: unknown;
  readonly look: Look;
  readonly seen: string;
  /** How often something was done about the finding before. */
  readonly done: number;
  readonly needsTwoNames: boolean;
}

/** One short text for everything that was looked at, and for what was done about the finding before. */
const textOf = (facts: unknown, done: number): string =>
  sha256(JSON.stringify([facts, done]))
    .toString("base64url")
    .slice(0, 22);

const isMuch = ({ money }: Look): boolean =>
  money !== null && (!isCurrency(money.currency) || money.amountMinor > limits.aloneMinorMax[money.currency]);

/** What a remedy would do about a finding as things stand; reads without a lock, so nothing may be decided by it alone. */
export async function lookAtRemedy(
  deps: Deps,
  asker: Admin | null,
  finding: FindingHead,
  asked: Omit<AskedRemedy, "findingId">,
): Promise<Result<Standing, LookRefusal>> {
  if (finding.status !== "open" && finding.status !== "in_work") return err("already_closed");
  const remedy = findRemedy(asked.remedy);
  if (!remedy || !remediesFor(finding).includes(remedy.name)) return err("not_for_this");
  const input = remedy.input.safeParse(asked.input);
  if (!input.success) return err("invalid");
  const done = await countDone(deps.db, finding.id);
  const look = await remedy.look(deps, asker, finding, input.data);
  if (!look.ok) return look;
  const seen = textOf(look.value.facts, done);
  return ok({ remedy, finding, input: input.data, look: look.value, seen, done, needsTwoNames: isMuch(look.value) });
}

/** The same of an act that is on record, for whoever is to agree to it. */
export async function lookAtAct(deps: Deps, asker: Admin, act: RemedyAct): Promise<Result<Standing, LookRefusal>> {
  const finding = await readFinding(deps.db, act.findingId);
  return finding ? lookAtRemedy(deps, asker, finding, act) : err("not_found");
}

/** What a remedy would change, exactly, for an admin who has not confirmed it: it writes nothing. */
export async function previewRemedy(
  deps: Deps,
  viewer: Viewer,
  asked: AskedRemedy,
): Promise<Result<RemedyPreview, LookRefusal>> {
  const finding = await findFinding(deps.db, viewer, asked.findingId);
  if (!finding || viewer.kind !== "admin") return err("not_found");
  const [now] = await deps.db.$queryRaw<[{ at: Date }]>`SELECT clock_timestamp() AS at`;
  const standing = await lookAtRemedy(deps, viewer, finding, asked);
  if (!standing.ok) return standing;
  const { remedy, look, seen, needsTwoNames } = standing.value;
  return ok({ ...look, actId: newId(), seen, seenAt: now.at, needsTwoNames, needsProof: remedy.needsProof });
}

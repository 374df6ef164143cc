"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { applyRemedy, decideRemedy } from "@/lib/entry/remedies";
import { NoFields } from "@/lib/features/identity/schema";
import { proofOf } from "@/lib/features/identity/step-up";
import { saveFilter } from "@/lib/features/merchants/saved-filters";
import {
  AssignForm,
  BulkForm,
  CloseForm,
  FindingIdForm,
  NoteForm,
  ReopenForm,
  RunForm,
  RunIdForm,
  SavedViewForm,
} from "@/lib/features/reconciliation/inbox-schema";
import { ApplyRemedyForm, DecideRemedyForm, RemedyPolicyForm } from "@/lib/features/reconciliation/remedy-schema";
import { stopReconciliation } from "@/lib/flows/request-reconciliation";
import { saveRemedyPolicy, stopRemedies } from "@/lib/flows/save-remedy-policy";
import { startReconciliation } from "@/lib/flows/start-reconciliation";
import {
  acceptFindings,
  assignFinding,
  closeFinding,
  leaveFindings,
  noteFindings,
  reopenFinding,
  takeFindings,
} from "@/lib/flows/work-on-findings";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { err } from "@/lib/kernel/result";

/** What the form shows is how many were changed, and how many were not. */
export const bulkFindingsAction = action({
  schema: BulkForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => {
    const { act, ids, words } = input;
    switch (act) {
      case "take":
        return takeFindings(deps, viewer, ids);
      case "leave":
        return leaveFindings(deps, viewer, ids);
      case "note":
        return noteFindings(deps, viewer, { ids, note: words });
      case "accept":
        return acceptFindings(deps, viewer, { ids, reason: words });
    }
  },
  onOk: (worked) => {
    refresh();
    return worked;
  },
});

export const saveViewAction = action({
  schema: SavedViewForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => saveFilter(deps, viewer, input, "findings"),
  onOk: () => refresh(),
});

/** Of one finding: that somebody else has it is an answer, not a count. */
export const takeFindingAction = action({
  schema: FindingIdForm,
  guards: [adminOnly],
  run: async ({ input, deps, viewer }) => {
    const taken = await takeFindings(deps, viewer, [input.findingId]);
    return taken.ok && taken.value.done === 0 ? err("conflict") : taken;
  },
  onOk: () => refresh(),
});

export const leaveFindingAction = action({
  schema: FindingIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => leaveFindings(deps, viewer, [input.findingId]),
  onOk: () => refresh(),
});

export const assignFindingAction = action({
  schema: AssignForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => assignFinding(deps, viewer, input),
  onOk: () => refresh(),
});

export const noteFindingAction = action({
  schema: NoteForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => noteFindings(deps, viewer, { ids: [input.findingId], note: input.note }),
  onOk: () => refresh(),
});

export const closeFindingAction = action({
  schema: CloseForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => closeFinding(deps, viewer, input),
  onOk: () => refresh(),
});

export const reopenFindingAction = action({
  schema: ReopenForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => reopenFinding(deps, viewer, input),
  onOk: () => refresh(),
});

const pageOf = (locale: Locale, findingId: string): string =>
  `/${locale}/admin/findings/${toPublicId("finding", findingId)}`;

/** The admin looked at something that is not so any more: he is shown what has changed, with his choices kept. */
function lookAgain(locale: Locale, { cmd, seenAt }: ApplyRemedyForm): never {
  const query = new URLSearchParams({
    ...cmd.input,
    remedy: cmd.remedy,
    look: "1",
    since: seenAt,
    refused: "order_changed",
  });
  redirect(`${pageOf(locale, cmd.findingId)}?${query}`);
}

/** Money and cards move only for whoever has shown who they are; the flow says which remedy asks for that. */
export const applyRemedyAction = action({
  schema: ApplyRemedyForm,
  guards: [adminOnly],
  run: async ({ input, deps, viewer, session, locale }) => {
    const proof = proofOf({ ...session, viewer });
    const applied = await applyRemedy(deps, proof.ok ? proof.value : viewer, input.cmd);
    if (!applied.ok && applied.error === "order_changed") lookAgain(locale, input);
    return applied;
  },
  onOk: ({ state, outcome }, { input, locale }) =>
    redirect(`${pageOf(locale, input.cmd.findingId)}?did=${state === "waiting" ? "proposed" : outcome}`),
});

export const decideRemedyAction = action({
  schema: DecideRemedyForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer, session }) => {
    const proof = proofOf({ ...session, viewer });
    const decision = { actId: input.actId, isConfirmed: input.decision === "confirm" };
    return decideRemedy(deps, proof.ok ? proof.value : viewer, decision);
  },
  onOk: ({ outcome }, { input, locale }) => redirect(`${pageOf(locale, input.findingId)}?did=${outcome}`),
});

export const saveRemedyPolicyAction = action({
  schema: RemedyPolicyForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => saveRemedyPolicy(deps, viewer, input),
  onOk: () => refresh(),
});

export const stopRemediesAction = action({
  schema: NoFields,
  guards: [adminOnly],
  run: ({ deps, viewer }) => stopRemedies(deps, viewer),
  onOk: () => refresh(),
});

export const startReconciliationAction = action({
  schema: RunForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => startReconciliation(deps, viewer, input),
  onOk: () => refresh(),
});

export const stopReconciliationAction = action({
  schema: RunIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => stopReconciliation(deps, viewer, input.runId),
  onOk: () => refresh(),
});

"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { JudgementForm, StaffAnswerForm } from "@/lib/features/disputes/schema";
import { answerDispute } from "@/lib/flows/answer-dispute";
import { decideDispute } from "@/lib/flows/decide-dispute";

export const answerDisputeAction = action({
  schema: StaffAnswerForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => answerDispute(deps, viewer, input),
  onOk: () => refresh(),
});

/** What moves no money: another card, or a refusal with a reason. */
export const decideDisputeAction = action({
  schema: JudgementForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => decideDispute(deps, viewer, input),
  onOk: () => refresh(),
});

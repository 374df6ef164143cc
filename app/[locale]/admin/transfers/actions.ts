"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { ConfirmTransferForm, RecordTransferForm, RefuseTransferForm } from "@/lib/features/transfers/schema";
import { confirmTransfer } from "@/lib/flows/confirm-transfer";
import { recordTransfer } from "@/lib/flows/record-transfer";
import { refuseTransfer } from "@/lib/flows/refuse-transfer";

export const recordTransferAction = action({
  schema: RecordTransferForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => recordTransfer(deps, viewer, input),
  onOk: () => refresh(),
});

export const confirmTransferAction = action({
  schema: ConfirmTransferForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => confirmTransfer(deps, viewer, input),
  onOk: () => refresh(),
});

export const refuseTransferAction = action({
  schema: RefuseTransferForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => refuseTransfer(deps, viewer, input),
  onOk: () => refresh(),
});

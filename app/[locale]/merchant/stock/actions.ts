"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { signedIn } from "@/lib/entry/guards";
import { NoFields } from "@/lib/features/identity/schema";
import { saveCare } from "@/lib/features/stock-alerts/care";
import { saveChannel } from "@/lib/features/stock-alerts/channel";
import { CareForm, ChannelForm } from "@/lib/features/stock-alerts/schema";
import { sendTestMessage } from "@/lib/flows/send-telegram";

export const saveCareAction = action({
  schema: CareForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => saveCare(deps, viewer, input),
  onOk: () => refresh(),
});

export const saveChannelAction = action({
  schema: ChannelForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => saveChannel(deps, viewer, input),
  onOk: () => refresh(),
});

export const testChannelAction = action({
  schema: NoFields,
  guards: [signedIn],
  run: ({ deps, viewer }) => sendTestMessage(deps, viewer),
});

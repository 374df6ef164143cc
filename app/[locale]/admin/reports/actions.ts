"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { wishCloseMail } from "@/lib/features/reports/close-mail";
import { CloseMailForm } from "@/lib/features/reports/schema";

export const wishCloseMailAction = action({
  schema: CloseMailForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer, locale }) => wishCloseMail(deps, viewer, input.isWanted ? locale : null),
  onOk: () => refresh(),
});

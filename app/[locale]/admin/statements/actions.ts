"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { FetchDayForm } from "@/lib/features/statements/schema";
import { askForStatement } from "@/lib/flows/fetch-statements";

export const askForStatementAction = action({
  schema: FetchDayForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => askForStatement(deps, viewer, input),
  onOk: () => refresh(),
});

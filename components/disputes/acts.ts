import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** What can be done in a dispute; `money` is an admin's. */
export interface DisputeActs {
  readonly answer: FormAction;
  readonly decide: FormAction;
  readonly moveBatch: FormAction;
  readonly money: FormAction | null;
}

import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";

export type PoolAction = ComponentProps<typeof ActionForm>["action"];

/** What the page of pools can do. */
export interface PoolActs {
  readonly savePool: PoolAction;
  readonly saveOrder: PoolAction;
  readonly transfer: PoolAction;
  readonly count: PoolAction;
}

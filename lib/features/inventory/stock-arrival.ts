import type { Deps } from "@/lib/platform/deps";
import { dropLatch } from "./sold-out-latch";
import { resetStarts } from "./start-hints";

/** Forgets everything this process believed about a variant's stock; called when its cards have become available, here or elsewhere. */
export function noticeStockArrival(deps: Deps, variantId: string): void {
  dropLatch(deps, variantId);
  resetStarts(deps, variantId);
}

import { checkPayment } from "@/lib/flows/check-payment";
import type { Deps } from "@/lib/platform/deps";

const FROM_ELSEWHERE: ReadonlySet<string> = new Set(["cross-site", "same-site"]);

/**
 * Asks the order's gateways when the buyer arrives from another site, which is how they come back from a cashier. The page does not
 * wait for it, nothing in its address is believed, and it is counted with the buyer's own questions.
 */
export async function askOnReturn(deps: Deps, orderId: string): Promise<void> {
  const { headers } = await import("next/headers");
  const { after } = await import("next/server");
  if (!FROM_ELSEWHERE.has((await headers()).get("sec-fetch-site") ?? "")) return;
  after(async () => {
    await checkPayment(deps, { orderId }).catch((error: unknown) =>
      deps.log.warn("payment.return_check_failed", { orderId }, error),
    );
  });
}

import { type DueDelivery, type Outcome, recordOutcome, takeDue } from "@/lib/features/webhooks/deliveries";
import { isLocalShop, secretsOf } from "@/lib/features/webhooks/endpoints";
import { isReceived, pauseAfter, webhookBody } from "@/lib/features/webhooks/rules";
import { signWebhook } from "@/lib/features/webhooks/sign";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { postOutside } from "@/lib/platform/post-outside";

/**
 * Tells what is due to whom it is due, each at least once: the call is made outside of any transaction, and what is not known
 * to have arrived is told again under the same number. Returns how many were told or tried.
 */
export async function sendWebhooks(deps: Deps): Promise<number> {
  const due = await takeDue(deps);
  await Promise.all(due.map((delivery) => tellOne(deps, delivery)));
  return due.length;
}

async function tellOne(deps: Deps, delivery: DueDelivery): Promise<void> {
  const startedAt = deps.clock.elapsed();
  const reply = await post(deps, delivery);
  const isDone = "status" in reply && isReceived(reply.status);
  const pauseSeconds = isDone ? null : pauseAfter(delivery.attempts, Math.random());
  const outcome: Outcome = {
    state: isDone ? "delivered" : pauseSeconds === null ? "failed" : "waiting",
    pauseSeconds,
    status: "status" in reply ? reply.status : null,
    error: "failure" in reply ? reply.failure : null,
    ms: Math.round(deps.clock.elapsed() - startedAt),
  };
  await recordOutcome(deps, delivery, outcome);
  const { id: deliveryId, endpointId, attempts } = delivery;
  if (outcome.state === "failed") deps.log.warn("webhook.given_up", { deliveryId, endpointId, attempts });
  else deps.log.info(`webhook.${isDone ? "delivered" : "put_off"}`, { deliveryId, endpointId, attempts });
}

function post(deps: Deps, delivery: DueDelivery) {
  const { orderId, variantId, url, messageId } = delivery;
  const subjectId = orderId ? toPublicId("order", orderId) : variantId && toPublicId("variant", variantId);
  const body = webhookBody({ ...delivery, subjectId });
  const signed = signWebhook({
    id: `msg_${messageId.replaceAll("-", "")}`,
    at: new Date(deps.clock.now()),
    body,
    secrets: secretsOf(deps.keys, delivery, deps.clock.now()),
  });
  return postOutside({
    url,
    body,
    headers: { "Content-Type": "application/json", "User-Agent": "Kapu-Webhooks/1", ...signed },
    timeoutMs: limits.webhookTimeoutMs,
    replyBytesMax: limits.webhookReplyBytesMax,
    allowsLoopback: isLocalShop(deps),
  });
}

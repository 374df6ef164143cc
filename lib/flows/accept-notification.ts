import { findAccount } from "@/lib/features/payments/accounts";
import type { HttpReply, NoticeRefusal, RawHttp } from "@/lib/features/payments/gateways/port";
import { transportOf } from "@/lib/features/payments/transport-of";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { ok } from "@/lib/kernel/result";
import { sha256 } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { settlePayment } from "./settle-payment";

export interface ArrivedNotice {
  readonly gateway: string;
  readonly accountId: string;
  readonly raw: RawHttp;
}

/** One answer for an account that is not there and for a forged notice, so that neither can be told from the other. */
const REFUSED: HttpReply = { status: 400, contentType: "text/plain; charset=utf-8", body: "fail" };

/** Rightly signed and paid, but nobody can say how much: a person must look, and once is enough. */
async function reportUnreadable(deps: Deps, { accountId, raw }: ArrivedNotice): Promise<void> {
  const subject = sha256(JSON.stringify([accountId, raw.query, Buffer.from(raw.body).toString("base64")])).toString(
    "hex",
  );
  await inTransaction(deps.db, async (tx) => {
    await openFinding(tx, { kind: "unreadable_amount", subject, detail: { accountId } });
    return ok(null);
  });
}

async function refuse(deps: Deps, notice: ArrivedNotice, refusal: NoticeRefusal): Promise<void> {
  const fields = { accountId: notice.accountId, refusal };
  if (refusal === "bad_amount") {
    deps.log.error("notice.refused", fields);
    await reportUnreadable(deps, notice);
  } else if (refusal === "other_account") deps.log.error("notice.refused", fields);
  else deps.log.info("notice.refused", fields);
}

/**
 * Answers a gateway in its own words, and "taken" only after the payment is committed. A notice that is not the gateway's,
 * names another account or an unknown order is not taken; a verified one always is, whatever is wrong with its money.
 */
export async function acceptNotification(deps: Deps, notice: ArrivedNotice): Promise<HttpReply> {
  const account = await findAccount(deps, notice.accountId);
  if (!account || account.kind !== notice.gateway) return REFUSED;
  const { gateway } = account;
  const signer = await gateway.prepareNotification?.(notice.raw, transportOf(deps));
  const notification = gateway.readNotification(notice.raw, deps.clock.now(), signer);
  if (!notification.ok) {
    await refuse(deps, notice, notification.error);
    return gateway.refused;
  }
  if (notification.value.kind === "nothing") return gateway.accepted;
  if (notification.value.kind !== "paid") return gateway.deferred;
  const outcome = await settlePayment(deps, notification.value.payment, { accountId: account.id, source: "notice" });
  switch (outcome) {
    case "unknown_order":
    case "busy":
      return gateway.deferred;
    case "trade_reused":
      return gateway.refused;
    default:
      return gateway.accepted;
  }
}

import { findAccount, type OpenAccount } from "@/lib/features/payments/accounts";
import { askSoon } from "@/lib/features/payments/attempts";
import type { HttpReply, NoticeRefusal, Notification, RawHttp } from "@/lib/features/payments/gateways/port";
import { noteRefusedNotice } from "@/lib/features/payments/refused-notices";
import { findTest } from "@/lib/features/payments/test-payments";
import { transportOf } from "@/lib/features/payments/transport-of";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { sha256 } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { askGateway } from "./ask-gateway";
import { judgeDispute } from "./judge-dispute";
import { judgeRefund } from "./judge-refund";
import { settlePayment } from "./settle-payment";
import { askTestPayment } from "./test-payment";

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

/** Each of these may be somebody at the door, or a key that the gateway changed: a person should know at once. */
const ALARMING: ReadonlySet<NoticeRefusal> = new Set(["bad_amount", "other_account", "unknown_key"]);

async function refuse(deps: Deps, notice: ArrivedNotice, refusal: NoticeRefusal): Promise<void> {
  getMetrics().noticesRefused.inc({ refusal });
  noteRefusedNotice(deps, notice.accountId, refusal);
  deps.log[ALARMING.has(refusal) ? "error" : "info"]("notice.refused", { accountId: notice.accountId, refusal });
  if (refusal === "bad_amount") await reportUnreadable(deps, notice);
}

/** Whether the notice was taken, has to be told again, or names money that is another order's. */
type Taken = "accepted" | "deferred" | "refused";

/**
 * A notice that does not say how much: the gateway is asked while it waits for our word, by a bounded number at a time and not
 * longer than it waits. Where it says that nobody has paid so far, the question is put again soon.
 */
async function askFirst(deps: Deps, accountId: string, outTradeNo: string): Promise<Taken> {
  const asking = ofDeps(deps, "payments.notice-asks", () => new Map<string, number>());
  const inFlight = asking.get(accountId) ?? 0;
  if (inFlight >= limits.noticeAsksInFlightPerAccount) return "deferred";
  asking.set(accountId, inFlight + 1);
  try {
    const named = { accountId, outTradeNo };
    const isOfOrder = await askSoon(deps.db, named);
    const test = isOfOrder ? null : await findTest(deps.db, named);
    if (!isOfOrder && !test) return "deferred";
    const state = test
      ? await askTestPayment(deps, test, limits.noticeAskTimeoutMs)
      : await askGateway(deps, named, limits.noticeAskTimeoutMs);
    return state === "unknown" || state === "busy" ? "deferred" : "accepted";
  } finally {
    asking.set(accountId, (asking.get(accountId) ?? 1) - 1);
  }
}

async function takeUp(deps: Deps, { id: accountId }: OpenAccount, said: Notification): Promise<Taken> {
  const source = { accountId, source: "notice" } as const;
  switch (said.kind) {
    case "nothing":
      return "accepted";
    case "ask":
      return askFirst(deps, accountId, said.outTradeNo);
    case "refund":
      return isKnown(await judgeRefund(deps, said.refund, source)) ? "accepted" : "deferred";
    case "dispute":
      return isKnown(await judgeDispute(deps, said.dispute, source)) ? "accepted" : "deferred";
    case "paid": {
      const outcome = await settlePayment(deps, said.payment, source);
      if (outcome === "trade_reused") return "refused";
      return isKnown(outcome) ? "accepted" : "deferred";
    }
  }
}

const isKnown = (outcome: string): boolean => outcome !== "unknown_order" && outcome !== "busy";

/**
 * Answers a gateway in its own words, and "taken" only after what it told is committed. A notice that is not the gateway's,
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
  return gateway[await takeUp(deps, account, notification.value)];
}

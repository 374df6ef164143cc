import { stockWords, TEST_WORDS } from "@/lib/features/notifications/stock-letters";
import { findBot } from "@/lib/features/stock-alerts/channel";
import {
  type DueMessage,
  noteFailure,
  noteSent,
  queueTestMessage,
  takeDueMessages,
} from "@/lib/features/stock-alerts/messages";
import { listLow } from "@/lib/features/stock-alerts/warnings";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { takeAttempt } from "@/lib/platform/attempts";
import type { Deps } from "@/lib/platform/deps";
import { sayByBot } from "@/lib/platform/telegram";

async function textOf(deps: Deps, { kind, merchantId }: DueMessage): Promise<string> {
  if (kind === "test") return TEST_WORDS;
  return stockWords(
    await listLow(deps.db, merchantId),
    `${deps.env.publicUrl}/zh/merchant/stock`,
    limits.messageListLettersMax,
  );
}

/** Twice as long each time. */
const pauseOf = (attempts: number): number =>
  Math.min(limits.messageRetrySecondsMax, limits.messageRetrySeconds * 2 ** (attempts - 1));

async function sendOne(deps: Deps, message: DueMessage): Promise<void> {
  const { id, merchantId, attempts } = message;
  const bot = await findBot(deps, merchantId);
  if (!bot) return noteFailure(deps.db, { id, reason: "no bot", againInSeconds: null });
  const said = await sayByBot(deps, { ...bot, text: await textOf(deps, message) });
  if (said.ok) return noteSent(deps.db, id);
  const { reason, isFinal, afterSeconds } = said.error;
  const isOver = isFinal || attempts >= limits.messageAttemptsMax;
  const pause = Math.min(afterSeconds ?? pauseOf(attempts), limits.messageRetrySecondsMax);
  deps.log.warn("telegram.refused", { messageId: id, merchantId, attempts, isOver });
  await noteFailure(deps.db, { id, reason, againInSeconds: isOver ? null : pause });
}

/**
 * Has bots say what is due, each message at least once and outside of any transaction; a bot that asks for patience is asked again when it says so.
 * Two processes share the work. Returns how many were tried.
 */
export async function sendTelegram(deps: Deps): Promise<number> {
  const due = await takeDueMessages(deps.db);
  for (const message of due) await sendOne(deps, message);
  return due.length;
}

const TESTS = { name: "telegram-test", points: limits.testMessagesPerHour, windowSeconds: 3_600 };

/** Queues a message that says that a merchant's bot works, so many an hour. */
export async function sendTestMessage(
  deps: Deps,
  viewer: Viewer,
): Promise<Result<null, "not_found" | "token_required" | "rate_limited">> {
  if (viewer.kind !== "merchant") return err("not_found");
  if (!(await findBot(deps, viewer.merchantId))) return err("token_required");
  const isFree = await takeAttempt(deps, TESTS, viewer.merchantId);
  if (!isFree.ok) return isFree;
  await queueTestMessage(deps.db, viewer.merchantId);
  return ok(null);
}

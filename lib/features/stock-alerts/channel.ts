import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { channelAad, unwrap, wrap } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { ChannelForm } from "./schema";

/** How a merchant is told, as the settings page shows it: whether there is a bot, never its token. */
export interface ChannelView {
  readonly isMail: boolean;
  readonly hasBot: boolean;
  readonly chat: string;
  /** What the bot's last message came to; null before the first. */
  readonly lastMessage: {
    readonly status: string;
    readonly error: string | null;
    readonly at: Date;
    readonly attempts: number;
  } | null;
}

/** The channel of a merchant; by mail where nothing was said. */
export async function findChannel(
  { db }: Pick<Deps, "db">,
  { merchantId }: Extract<Viewer, { kind: "merchant" }>,
): Promise<ChannelView> {
  const [row, last] = await Promise.all([
    db.alertChannel.findUnique({ where: { merchantId }, select: { isMail: true, telegramChat: true } }),
    db.telegramMessage.findFirst({ where: { merchantId }, orderBy: { createdAt: "desc" } }),
  ]);
  return {
    isMail: row?.isMail ?? true,
    hasBot: Boolean(row?.telegramChat),
    chat: row?.telegramChat ?? "",
    lastMessage: last && { status: last.status, error: last.lastError, at: last.createdAt, attempts: last.attempts },
  };
}

/** Saves how a merchant is told. An empty token leaves the one that is there; a chat without a bot is refused. */
export async function saveChannel(
  deps: Deps,
  viewer: Viewer,
  form: ChannelForm,
): Promise<Result<null, "not_found" | "token_required" | "chat_required">> {
  if (viewer.kind !== "merchant") return err("not_found");
  const { merchantId } = viewer;
  return inTransaction(deps.db, async (tx) => {
    const before = await tx.alertChannel.findUnique({ where: { merchantId } });
    const isOff =
      form.isTelegramOff || (form.telegramToken === "" && form.telegramChat === "" && !before?.telegramToken);
    const fresh = form.telegramToken ? wrap(deps.keys, Buffer.from(form.telegramToken), channelAad(merchantId)) : null;
    const sealed = fresh ? Uint8Array.from(fresh.sealed) : (before?.telegramToken ?? null);
    const keyId = fresh ? fresh.keyId : (before?.keyId ?? null);
    if (!isOff && !sealed) return err("token_required");
    if (!isOff && form.telegramChat === "") return err("chat_required");
    const bot = isOff
      ? { telegramToken: null, telegramChat: null, keyId: null }
      : { telegramToken: sealed, telegramChat: form.telegramChat, keyId };
    const data = { isMail: form.isMail, ...bot, updatedAt: new Date(deps.clock.now()) };
    await tx.alertChannel.upsert({ where: { merchantId }, create: { merchantId, ...data }, update: data });
    await recordAudit(tx, {
      actor: viewer,
      action: "alert_channel.changed",
      subjectKind: "merchant",
      subjectId: merchantId,
      merchantId,
      detail: { isMail: form.isMail, hasBot: !isOff, isNewToken: form.telegramToken !== "" },
    });
    return ok(null);
  });
}

/** The bot of a merchant, or null: none, or one whose token was sealed under another secret. */
export async function findBot(
  { db, keys }: Pick<Deps, "db" | "keys">,
  merchantId: string,
): Promise<{ token: Secret; chat: string } | null> {
  const row = await db.alertChannel.findUnique({ where: { merchantId } });
  if (!row?.telegramToken || !row.telegramChat) return null;
  try {
    const token = new Secret(unwrap(keys, row.telegramToken, channelAad(merchantId)).toString("utf8"));
    return { token, chat: row.telegramChat };
  } catch {
    return null;
  }
}

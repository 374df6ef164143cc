import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "./deps";

const BOT_API = "https://api.telegram.org";

/** Why a bot said nothing. `isFinal`: no repeat can mend it; otherwise when it may be asked again, where the answer says. */
export interface TelegramRefusal {
  readonly reason: string;
  readonly isFinal: boolean;
  readonly afterSeconds: number | null;
}

const Answer = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().int().positive().optional() }).optional(),
});

/** A wrong token, a chat that is not there, a bot that was shown the door. */
const FINAL = new Set([400, 401, 403, 404]);

const later = (reason: string, afterSeconds: number | null = null) => err({ reason, isFinal: false, afterSeconds });

/** Reads an answer of bounded length; null when it is longer. */
async function readBounded(response: Response): Promise<string | null> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let length = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limits.telegramReplyBytesMax) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function judge(status: number, text: string | null): Result<null, TelegramRefusal> {
  const parsed = Answer.safeParse(parseJson(text));
  if (!parsed.success) return later(`HTTP ${status}`);
  if (parsed.data.ok) return ok(null);
  const reason = `${status} ${parsed.data.description ?? ""}`.trim().slice(0, 200);
  if (status === 429) return later(reason, parsed.data.parameters?.retry_after ?? null);
  return err({ reason, isFinal: FINAL.has(status), afterSeconds: null });
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Has a bot say a text in a chat, within a time and a size. Follows no redirect, since the address carries the token; what the network threw
 * is dropped for the same reason. An answer that was lost may mean that it was said.
 */
export async function sayByBot(
  { fetch }: Pick<Deps, "fetch">,
  { token, chat, text }: { token: Secret; chat: string; text: string },
): Promise<Result<null, TelegramRefusal>> {
  const signal = AbortSignal.timeout(limits.gatewayTimeoutMs);
  try {
    const response = await fetch(`${BOT_API}/bot${token.reveal()}/sendMessage`, {
      method: "POST",
      redirect: "manual",
      signal,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ chat_id: chat, text, link_preview_options: { is_disabled: true } }),
    });
    return judge(response.status, await readBounded(response));
  } catch {
    return later(signal.aborted ? "timed out" : "unreachable");
  }
}

import { sendTelegram } from "@/lib/flows/send-telegram";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Has merchants' bots say what waits for them. */
export const sendTelegramJob: Job = {
  name: "send-telegram",
  everySeconds: 10,
  timeoutSeconds: 120,
  batch: limits.messagesPerRun,
  run: ({ deps }) => sendTelegram(deps),
};

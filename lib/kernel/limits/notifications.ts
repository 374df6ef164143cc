/** Bounds of letters and messages. */
export const notificationLimits = {
  messagesPerRun: 20,
  messageLeaseSeconds: 60,
  messageAttemptsMax: 10,
  // Doubled with each try.
  messageRetrySeconds: 30,
  messageRetrySecondsMax: 6 * 3_600,
  telegramReplyBytesMax: 64 * 1024,
  // Of the 4,096 letters that a message may have.
  messageListLettersMax: 3_500,
  testMessagesPerHour: 10,
  mailAttemptsMax: 8,
  adminsMailedMax: 50,
} as const;

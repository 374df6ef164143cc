/** Bounds of signing in. */
export const identityLimits = {
  signInFailuresPerAccount: 10,
  signInFailuresPerAddress: 50,
  signInWindowSeconds: 900,
  sessionDays: 7,
  sessionsListed: 50,
  // The second factor: how long it is waited for after the password, and how long one proof of it lasts.
  factorWaitMinutes: 10,
  stepUpMinutes: 10,
  factorFailuresPerWindow: 6,
  factorFailuresPerDay: 50,
  recoveryCodes: 10,
  recoveryCodeLetters: 10,
  // Keys of one person's devices; how long a browser may take to have a challenge answered, and what an answer may weigh.
  passkeysPerUserMax: 10,
  passkeyNameMax: 60,
  passkeyChallengeSeconds: 300,
  passkeyAnswerLettersMax: 16_384,
  spentChallengesClearedPerUse: 100,
  resetReasonMax: 200,
  passwordMin: 10,
  passwordMax: 128,
  setupLinkHours: 24,
  userAgentMax: 300,
} as const;

/** Bounds of payments, and of what we ask gateways and hear from them. */
export const paymentLimits = {
  attemptsPerOrderMax: 10,
  // So that one gateway that refuses all leaves room for the others.
  attemptsPerAccountMax: 4,
  paymentChecksPerOrder: 6,
  paymentChecksWindowSeconds: 60,

  // The shop's accounts at gateways
  accountCacheMs: 1_000,
  gatewayAccountsMax: 200,
  // What the accounts with a limit for the day have taken is summed this seldom; what comes in between may go beyond it.
  accountDayReadMs: 10_000,
  accountWeightMax: 100,
  // One field of a gateway's settings: the longest are files of certificates.
  settingLettersMax: 65_536,

  // Trying an account out
  testNoticeBodyShown: 300,
  // A self check asks one question or a few; then an admin hears how far it came.
  selfCheckMs: 15_000,
  // Past this the clocks of gateway and shop are worth a look; signatures fail at `signedTimeSkewMs`.
  clockSkewToldMs: 60_000,
  testPaymentSeconds: 900,
  testPaymentsListed: 5,
  testPaymentsPerHour: 20,

  // Opening payments at gateways that must be asked first
  // How long one asker keeps the others away: longer than its question may take.
  openingLeaseSeconds: 15,
  // How long the others wait for its answer, and how often they look.
  openingWaitMs: 6_000,
  openingPollMs: 150,
  openingsPerAttempt: 10,
  openingsWindowSeconds: 60,
  // A buyer who has come to pay is asked after sooner than the schedule would.
  openedQuerySeconds: 15,

  // Asking gateways
  queryIntervalSecondsMin: 45,
  queryIntervalSecondsMax: 60,
  queryAfterDeadlineSeconds: 300,
  // What a gateway did not answer is asked again after this long, and given up this long after its beginning.
  querySilentSeconds: 40,
  querySilentHours: 50,
  queryAttemptsPerRun: 200,
  queryInFlightPerAccount: 8,
  gatewaySilencesMax: 16,
  // An account that was silent is left alone for so long, twice as long each time.
  gatewayRestMs: 5_000,
  gatewayRestMsMax: 60_000,
  // How often one process writes down how accounts answer it.
  gatewayHealthWriteMs: 1_000,
  gatewayReasonMax: 80,
  // How long a run waits for slow accounts before it looks what is due at the others.
  queryRunMs: 4_000,
  // Asked while a gateway waits for our word about its notice, which it does for about five seconds.
  noticeAskTimeoutMs: 3_000,
  noticeAsksInFlightPerAccount: 8,

  // What gateways send
  gatewayTimeoutMs: 5_000,
  gatewayReplyBytesMax: 256 * 1024,
  billBytesMax: 64 * 1024 * 1024,
  // What a packed bill may unfold to while its sum is checked; it is never held whole.
  billUnpackedBytesMax: 1024 * 1024 * 1024,
  billTimeoutMs: 120_000,
  // Gateways that list things give a hundred a page; a page with everything inside each is this long at most.
  gatewayPageBytesMax: 8 * 1024 * 1024,
  gatewaySearchPagesMax: 20,
  // Certificates that notices name, good ones and ones that could not be had.
  noticeCertificatesMax: 64,
  statementPagesMax: 100_000,
  // How far a signed time may lie from ours.
  signedTimeSkewMs: 300_000,
  // Lists of payments at a gateway: a page, what two pages share, and the pages of one reading.
  epayOrdersPerPage: 50,
  epayOrdersShared: 10,
  epayOrdersPagesMax: 40_000,
  epayOrdersRemembered: 2_000,
  epayOrdersGapsMax: 20,
  // Gateways that tell payments apart by their amount ask for a few cents more or less than the order's.
  amountShiftMinorMax: 100,
  amountShiftDownPercentMax: 5,
} as const;

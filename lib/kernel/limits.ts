// Over 300 lines: every bound of the shop stands in one place, where whoever asks "how many?" finds it.

/** Every bound of the shop has its name here. Past a bound there is a clear refusal, never a slow death. */
export const limits = {
  // Orders
  orderQuantityMax: 5_000,
  orderLinesMax: 20,
  idempotencyKeyMin: 8,
  idempotencyKeyMax: 200,
  emailMax: 254,
  lookupPasswordMin: 6,
  lookupPasswordMax: 128,
  openOrdersPerBuyerMax: 20,
  openShareOfStockPercentMax: 25,
  openShareCountedCardsMax: 20_000,
  reservationSecondsMin: 4,
  reservationSecondsMax: 24 * 3600,
  replayTokenHours: 24,
  attemptsPerOrderMax: 10,
  // So that one gateway that refuses all leaves room for the others.
  attemptsPerAccountMax: 4,
  orderCookiesMax: 20,

  // The batched statements
  coalescerBatchesInFlight: 2,
  coalescerItemsPerBatch: 256,
  coalescerWeightPerBatch: 2_000,
  coalescerQueueItems: 20_000,
  loneRetries: 20,
  loneWaitMs: 25,
  // A connection from a full pool, or a new one.
  poolWaitMs: 5_000,
  // How long one stuck row may keep a batch, whose other rows then go on without it; and a transaction of its own.
  hotLockTimeoutMs: 1_000,
  hotStatementMs: 10_000,
  lockTimeoutMs: 5_000,
  // Longer than any statement of ours takes; past it the line is taken to be dead.
  queryTimeoutMs: 30_000,
  transactionRetries: 3,
  transactionTimeoutMs: 15_000,
  transactionMaxWaitMs: 5_000,
  soldOutLatchMs: 200,
  startHintAgeMs: 5_000,
  variantCacheMs: 1_000,
  accountCacheMs: 1_000,
  gatewayAccountsMax: 200,
  // What the accounts with a limit for the day have taken is summed this seldom; what comes in between may go beyond it.
  accountDayReadMs: 10_000,
  accountWeightMax: 100,
  // One field of a gateway's settings: the longest are files of certificates.
  settingLettersMax: 65_536,
  variantCacheEntriesMax: 5_000,

  // Expiry, release and debts to buyers
  releaseGraceSeconds: 30,
  sweepOrdersPerRun: 500,
  sweepRunsMax: 200,
  owedOrdersPerPage: 500,
  owedPagesMax: 200,
  owedPlacesPerRun: 500,
  // How long one owed order's lock is waited for before new buyers may have the cards, and how often in one restock.
  owedLockWaitMs: 2_000,
  owedLockWaitsMax: 3,
  ledgerCardIdsPerEntry: 5_000,
  /** Pools that one variant is sold from, its own and those it falls back to; an array in the database holds one less. */
  poolsPerVariantMax: 8,
  poolsPerMerchantMax: 50,
  poolNameMax: 60,
  buyerFieldsMax: 6,
  buyerFieldLettersMax: 40,
  answerLettersMax: 300,
  manualHoursMax: 720,
  /** Pieces of an order that a person delivers by hand: as many fields stand on one page. */
  manualQuantityMax: 20,
  presaleCapMax: 20_000,
  sharedUsesMax: 20_000,
  // Keys that are spent piece by piece
  quotaKeysPerBatchMax: 10_000,
  quotaUsesMax: 10_000_000,
  quotaUsesPerCallMax: 10_000,
  quotaBodyBytesMax: 1_024,
  quotaCallsPerMinute: 600_000,
  // Keys share a count of calls by the first letters of their hash, so that no flood of invented ones fills the memory.
  quotaCallCountsMax: 65_536,
  // How often calls of one key that came in the wrong order to fit are asked again.
  quotaRetries: 20,
  quotaRowsShown: 100,
  poolNoteMax: 200,

  // Cards that are chosen by what is public about them
  previewLettersMax: 80,
  // A preview may hold the text of another card of its variant by chance when that is shorter.
  previewSecretLettersMin: 6,
  previewExtraMinorMax: 1_000_000_000_000n,
  previewsPerPage: 24,
  previewsPerPageMax: 100,
  /** Of a variant so many are listed, the first ones on the shelf; others come up as these are sold. */
  previewsListed: 10_000,
  previewQueryMax: 40,
  previewListMs: 2_000,
  previewListEntriesMax: 500,

  // Cards that are put aside, returned or withdrawn
  namedCardsMax: 5_000,
  moveReasonMax: 200,
  movesListed: 50,
  heldChunksPerTransaction: 10,
  expiringPlacesPerRun: 500,
  expiredChunksPerRun: 40,
  expiringDays: 7,
  expiringCountMax: 1_000,
  warrantyHoursMax: 87_600,

  // Who is told of stock
  lowVariantsTold: 50,
  stockLettersPerRun: 1_000,
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
  restockPerEmailMax: 20,
  restockPerVariantMax: 10_000,
  restockMailsPerRun: 200,
  restockAsksPerAddress: 60,
  restockAsksPerEmail: 10,
  restockWindowSeconds: 3_600,
  // How long an address that wants to hear nothing is left alone.
  restockSilenceDays: 180,

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

  // Giving money back
  refundsPerRun: 50,
  refundsInFlightPerAccount: 4,
  // Doubled with each question that has no final answer.
  refundAskSeconds: 5,
  refundAskSecondsMax: 3_600,
  // A gateway that would take a second request for a second refund hears the first one again only after it has denied it this late.
  refundCallAgainSeconds: 120,
  // Past this a person is told.
  refundStuckSeconds: 1_800,
  refundReasonMax: 200,
  refundReferenceMax: 100,
  // A question that an admin hurries, so that one who keeps pressing does not keep asking.
  refundHurrySeconds: 1,
  refundsListed: 50,
  previewCardsShown: 50,
  refundKeyMax: 100,
  policyRefundsPerRun: 50,
  gatewayTimeoutMs: 5_000,

  // Money that only people vouch for: what one person may vouch for alone, in minor units. Above it, two names.
  aloneMinorMax: {
    CNY: 100_000n,
    HKD: 100_000n,
    USD: 15_000n,
    EUR: 15_000n,
    JPY: 20_000n,
    USDT: 150_000_000n,
  },
  walletReasonMax: 200,
  walletLinkMinutes: 30,
  walletLinksPerHour: 5,
  walletSessionDays: 30,
  walletEntriesPerPage: 20,
  transferReferenceMin: 4,
  transferReferenceMax: 60,
  transferRefusalMax: 200,
  transferReportsPerOrder: 6,
  transferReportsWindowSeconds: 600,

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

  testNoticeBodyShown: 300,
  // A self check asks one question or a few; then an admin hears how far it came.
  selfCheckMs: 15_000,
  // Past this the clocks of gateway and shop are worth a look; signatures fail at `signedTimeSkewMs`.
  clockSkewToldMs: 60_000,
  testPaymentSeconds: 900,
  testPaymentsListed: 5,
  testPaymentsPerHour: 20,
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

  // HTTP
  requestBodyBytesMax: 1024 * 1024,
  notificationBodyBytesMax: 64 * 1024,
  noticeFieldsMax: 64,
  noticeValueLettersMax: 4_096,
  requestHeaderTimeoutMs: 15_000,
  requestBodyTimeoutMs: 15_000,
  // How often connections are looked at for having passed a time limit.
  connectionCheckMs: 5_000,
  // What is read and thrown away of a body that is too large, so that its sender can hear so.
  discardedBodyBytesMax: 64 * 1024 * 1024,
  // A whole request, an upload of cards included.
  requestTimeoutMs: 3_600_000,
  keepAliveMs: 65_000,
  connectionsMax: 20_000,
  problemFieldsMax: 20,
  // Requests that wait inside the process of the pages; more wait in front of it.
  pagesInFlight: 256,
  pagesRestartMs: 1_000,
  pageRendersInFlight: 16,
  pageRenderTimeoutMs: 20_000,
  pageVersionReadMs: 1_000,
  readinessTimeoutMs: 2_000,
  figuresAgeMs: 15_000,
  figuresTimeoutMs: 5_000,
  pageCacheEntriesMax: 500,
  pageCacheBytesPerEntryMax: 512 * 1024,
  // What no version tells, for instance a gateway account that was switched off, shows after this long at most.
  pageCacheAgeMs: 60_000,
  productsPerPageMax: 100,
  stopGraceMs: 10_000,

  // Import
  importLineBytesMax: 16 * 1024,
  importFileBytesMax: 2 * 1024 * 1024 * 1024,
  importLinesMax: 10_000_000,
  importCardsPerChunk: 5_000,
  // While anybody buys: a commit is waited for by whoever commits behind it.
  importCardsPerGentleChunk: 1_000,
  // Work over very many rows rests for so much of the time that its last piece took, and who has ordered so lately is buying now.
  restShare: 0.3,
  buyersSeenSeconds: 5,
  importBytesPerChunk: 4 * 1024 * 1024,
  importLinesPerTurn: 20,
  importHeartbeatMs: 1_000,
  importStaleSeconds: 6,
  importAbandonedSeconds: 60,
  importRejectsKept: 100_000,
  importRejectsShown: 1_000,
  // Files on their way: the bytes of one piece, the files of one merchant, and how long one that nobody comes back to is kept.
  importPieceBytes: 1024 * 1024,
  importUploadsOpenMax: 20,
  importUploadKeptHours: 72,
  importsInFlight: 2,
  // What is looked at to tell how a file is written, and shown of it.
  importSniffedBytes: 64 * 1024,
  importLinesLookedAt: 200,
  importPreviewBytes: 1024 * 1024,
  importPreviewCards: 20,
  importPreviewItems: 20_000,
  // A row of a table, its quotes and what is not the card included.
  importRowLettersMax: 64 * 1024,
  importColumnsMax: 200,
  importJsonDepthMax: 32,
  // Letters without an end of anything: a text that never closes.
  importQuietLettersMax: 256 * 1024,
  // Workbooks: what they may unfold to, their parts, and the texts that must be held while the sheet is read.
  importWorkbookBytesMax: 512 * 1024 * 1024,
  importUnpackedBytesMax: 2 * 1024 * 1024 * 1024,
  importEntriesMax: 2_000,
  importSharedLettersMax: 64 * 1024 * 1024,
  importSharedStringsMax: 3_000_000,
  importStylesMax: 10_000,

  // Another master key
  rotationRowsPerChunk: 200,
  rotationChunksMax: 100_000,

  // The vault
  vaultRowsPerPage: 50,
  // Rows that a browser keeps while one scrolls; past it a new page begins.
  vaultRowsHeld: 20_000,
  vaultCardsPerChunk: 1_000,
  vaultCardsPerAct: 100_000,
  vaultCardsPerExport: 1_000_000,
  vaultCardsNamed: 1_000,
  vaultReasonMax: 200,
  vaultSearchesPerWindow: 60,
  vaultSearchWindowSeconds: 600,
  vaultFoundMax: 20,
  vaultStoryMax: 200,
  glassNoticesShown: 5,
  glassNoticeDays: 30,

  // Statements
  statementFileBytesMax: 1024 * 1024 * 1024,
  statementUnpackedBytesMax: 2 * 1024 * 1024 * 1024,
  statementEntriesMax: 16,
  statementLinesMax: 5_000_000,
  statementLineLettersMax: 16 * 1024,
  statementColumnsMax: 200,
  statementRowsPerChunk: 1_000,
  // Chunks of one file on their way to the database: one that is written, and one that is ready behind it.
  statementChunksInFlight: 2,
  statementRejectsKept: 1_000,
  statementContentKept: 2_000,
  statementPreviewBytes: 256 * 1024,
  statementPreviewRows: 20,
  statementSkippedLinesMax: 100,
  statementMappingLettersMax: 8_000,
  statementWordsMax: 20,
  // A row later than this from now was not written by a clock that can be believed.
  statementFutureMs: 24 * 3_600_000,
  // How far back days are asked for by themselves; an older one is asked for by hand.
  statementDaysBack: 7,
  statementDaysShown: 31,
  // Lists of orders are read back so far again: what was unpaid then may be paid now.
  statementOverlapDays: 2,
  // Asked again so long after an empty day, as a gateway may be late with it.
  statementEmptyAskHours: 12,
  statementEmptyAskDays: 2,
  // Doubled with each try.
  statementRetrySeconds: 300,
  statementRetrySecondsMax: 6 * 3_600,
  statementTriesMax: 20,
  statementLeaseSeconds: 300,
  // How long a run of the job waits for slow accounts before it looks at what is due at the others.
  statementRunMs: 4_000,
  statementDaysPerRun: 50,
  // Days and files from which it follows of which times the books are had, and the days of one file.
  statementCoverRowsMax: 100_000,
  statementCoverDaysMax: 400,

  // The reconciliation
  // Measured: twice as many take as long in all and keep buyers waiting longer, a fifth of them cost two fifths more.
  reconcileOrdersPerStep: 2_500,
  reconcileCardsPerStep: 5_000,
  reconcilePaymentsPerStep: 2_500,
  reconcileRowsPerStep: 2_500,
  // Small files that are compared in one step.
  reconcileFilesPerStep: 50,
  reconcileWalletsPerStep: 5_000,
  reconcileBlocksPerStep: 50,
  reconcileDaysPerStep: 10,
  reconcileDoubtsPerStep: 500,
  reconcileSuggestedPerStep: 50,
  reconcileStepsMax: 1_000_000,
  // A step that takes too long is tried again in four smaller ones, down to this.
  reconcilePartsMax: 4_096,
  reconcileFindingsPerRun: 100_000,
  // Longer than a step may take; past it a run is gone on with by whoever comes.
  reconcileLeaseSeconds: 60,
  reconcileHourlyHours: 26,
  // As far back as gateways give their books.
  reconcileDailyDays: 100,
  // The continuous run: how old a row is when it is looked at (no transaction lives so long), the orders of a step, the steps of a pass.
  reconcileLagSeconds: 150,
  reconcileRowsPerFeed: 5_000,
  reconcileStepsPerPass: 20,
  reconcileDuePerPass: 500,
  reconcileDueSeconds: 60,
  reconcileRunsListed: 50,
  findingNoteMax: 2_000,
  findingReasonMax: 500,

  // Selling
  pictureBytesMax: 8 * 1024 * 1024,
  // What a phone's camera makes; unpacked it is a hundred million bytes, one at a time.
  picturePixelsMax: 36_000_000,
  pictureEdge: 960,
  pictureEdgeSmall: 480,
  pictureSeconds: 15,
  picturesWaitingMax: 8,
  picturesPerMerchantMax: 2_000,
  picturesOffered: 24,
  bucketTimeoutMs: 10_000,
  bucketRetries: 2,
  titleLettersMax: 120,
  descriptionLettersMax: 10_000,
  usageNoteLettersMax: 2_000,
  timetableRowsPerRun: 200,
  bulkVariantsMax: 200,
  categoriesMax: 300,
  categoryDepthMax: 3,
  savedFiltersMax: 20,
  exportRowsPerPage: 1_000,
  exportPagesMax: 5_000,
  // A spreadsheet opens 1,048,576 rows of a sheet.
  exportRowsPerSheet: 1_000_000,
  exportsWaitingMax: 5,
  exportTriesMax: 3,
  exportLeaseSeconds: 60,
  exportHours: 24,
  exportsEndedPerRun: 100,

  // Disputes: what buyers complain of
  disputeReportDays: 90,
  // How long a merchant, and then a buyer, has to answer; past it the case goes to the admins, or is closed.
  disputeMerchantHours: 48,
  disputeBuyerHours: 168,
  disputeReopenDays: 7,
  disputeReopensMax: 2,
  disputeTextMax: 2_000,
  disputeReasonMax: 500,
  disputePicturesMax: 6,
  disputePicturesPerSending: 3,
  // A whole form: three pictures of the largest size, and its words.
  disputeFormBytesMax: 3 * 8 * 1024 * 1024 + 64 * 1024,
  // Forms with pictures that are held in memory at once.
  disputeFormsInFlight: 4,
  disputesOpenPerOrder: 20,
  disputesPerBuyerPerDay: 20,
  disputesPerAddressPerHour: 60,
  disputeWindowSeconds: 24 * 3_600,
  disputeAnswersPerHour: 20,
  disputeMessagesMax: 200,
  // Words of a text that are compared with the cards of its order.
  disputeWordsCompared: 400,
  disputesPerRun: 100,
  // A decision that was begun and not ended is looked after this much later: longer than any of its steps may take.
  disputeDecisionSeconds: 300,
  disputeCardsShown: 20,
  // What a file of evidence lists, and the parts of any such file.
  disputePackRows: 100,
  pdfBlocksMax: 1_000,
  // So many reports on one batch, and so great a share of what was sold of it, within so many days: the rest of it is proposed for quarantine.
  disputeBatchReportsMin: 5,
  disputeBatchPerMille: 50,
  disputeBatchDays: 30,
  disputeBatchesShown: 10,

  // Keys of programs, and webhooks
  apiKeysPerMerchantMax: 20,
  apiKeyNameMax: 60,
  apiKeyGraceMs: 24 * 3_600_000,
  // How often the time of a key's last use is written down.
  apiKeySeenSeconds: 60,
  apiKeyCallsPerMinute: 600,
  apiRowsPerPage: 100,
  webhookEndpointsMax: 10,
  webhookSecretGraceMs: 24 * 3_600_000,
  webhooksInFlightPerEndpoint: 4,
  webhooksPerRun: 100,
  webhookTimeoutMs: 10_000,
  // Longer than a try may take.
  webhookLeaseSeconds: 30,
  webhookReplyBytesMax: 64 * 1024,

  // Forms
  checkoutsPerAddressPerMinute: 600,
  formsPerAddressPerMinute: 120,

  // Sign-in and lookups
  signInFailuresPerAccount: 10,
  signInFailuresPerAddress: 50,
  signInWindowSeconds: 900,
  lookupFailuresPerAddress: 30,
  lookupWindowSeconds: 600,
  paymentChecksPerOrder: 6,
  paymentChecksWindowSeconds: 60,
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
  orderLinkMinutes: 30,
  orderLinkPauseMinutes: 2,

  // Embedded Postgres
  postgresStartMs: 300_000,
  postgresRelaunchMs: 10_000,
  postgresPingMs: 2_000,
  postgresStopMs: 10_000,
  connectTimeoutMs: 10_000,
  /** A server waits for machines that start in any order, a command for a restart that somebody watches. */
  serverDatabaseWaitMs: 30_000,
  commandDatabaseWaitMs: 3_000,
  migrationLockWaitMs: 600_000,

  // Outbox, mail, jobs
  jobRunsInARow: 20,
  jobFirstRunMsMax: 60_000,
  queueTasksInFlight: 3,
  queuePollMs: 2_000,
  // A task of the queue rarely runs longer; one that was held twice as long is given to another worker, who may do it again.
  queueTaskSeconds: 30,
  listenRetryMs: 1_000,
  outboxRowsPerRun: 500,
  mailAttemptsMax: 8,
  listRowsPerPage: 50,
  listPagesMax: 200,
  inboxFoundMax: 5_000,
  timelineRowsMax: 1_000,

  // Findings that people work on
  findingsPerAct: 100,
  findingHistoryMax: 500,
  findingCardsShown: 50,
  // How long a remedy that was begun is its beginner's; past it he was killed, and it may be begun again.
  remedyLeaseSeconds: 60,
  remedyReasonMax: 200,
  remediesPerRun: 20,
  // Most of what is looked at needs nothing, and waits for stock or for people.
  remediesLookedAtPerRun: 500,
  remediesPerDayMax: 1_000,
  // How long before money arrived the order may have been placed that it is suggested for.
  strayMoneyHours: 24,
  strayOrdersSuggested: 5,
  overviewDays: 7,
  overviewRows: 10,
  // Stock cover is reckoned from what was sold over this long.
  coverDays: 14,
  coverVariantsMax: 200,
  salesDaysPerStatement: 50,
  salesDaysBackPerRun: 60,
  stockCountMax: 100_000,
  priceTiersMax: 8,
  pickListMax: 500,

  // The sealed ledger
  ledgerEntriesPerBlock: 1_024,
  ledgerBytesPerBlock: 4 * 1024 * 1024,
  ledgerBlocksPerRun: 64,
  ledgerSealSeconds: 20,
  ledgerUnsealedSecondsMax: 600,
  ledgerTailEntriesPerRead: 64,
  ledgerLineBytesMax: 1024 * 1024,
  ledgerHeadsPerPage: 500,
  ledgerHeadPagesMax: 20_000,
  ledgerHeadsBytesMax: 64 * 1024 * 1024,
  ledgerHeadsTimeoutMs: 15_000,

  // Reports
  // Whatever happened before midnight has been written down by then.
  closeAfterMinutes: 15,
  closesPerRun: 31,
  // Closed days whose sums are made anew when another one is closed.
  closesLookedBack: 7,
  closesListed: 31,
  reportRowsMax: 100_000,
  reportDaysMax: 366,
  statementLiveDaysMax: 31,

  // What is kept beside the database
  cacheFiguresPerCheck: 200,
  // A whole check ends here, however slow the cache is.
  cacheCheckMs: 10_000,
  // What changed later than this is on its way to the cache, and is not compared.
  cacheSettleSeconds: 5,
  // Parts of a hundred that may be wrong before anybody is told.
  cacheDriftPercent: 1,
  cacheFigureLettersMax: 64,
  cacheStraysMax: 10_000,
  cacheAlarmPauseMinutes: 60,
  // A letter to an admin that has waited longer to be sent than this makes way for another one.
  disputeMailPauseMinutes: 60,
  // How long a command waits for Redis, to which it has only just begun to connect.
  redisCommandWaitMs: 2_000,

  // The audit
  auditRowsMax: 20,
  auditStatementMs: 300_000,
  // A break of more rows halts the products of these, and the next pass those of the next.
  auditRowsActedOn: 1_000,
  auditFailureMax: 500,
  // One pass of the continuous audit: rows per feed, the cards they may lead to, and its time.
  auditWindowRows: 1_000,
  auditWindowRowsMin: 10,
  auditWindowCards: 50_000,
  auditCountedBatchCards: 50_000,
  auditTickStatementMs: 5_000,
  auditTickMs: 10_000,
  auditRecheckMs: 20_000,
  // The full pass: the time of a slice, and how often: a fiftieth of the time, at least once a day, at most each ten minutes.
  auditFullMs: 900_000,
  auditFullShare: 50,
  auditFullSecondsMin: 600,
  auditFullSecondsMax: 24 * 3600,
  // The probe of ciphertexts.
  probeCardsSampled: 200,
  probeForeignPlaces: 3,
  adminsMailedMax: 50,
  brokenFindingsShown: 200,
} as const;

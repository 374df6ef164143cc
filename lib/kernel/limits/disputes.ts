/** Bounds of what buyers complain of. */
export const disputeLimits = {
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
  // A letter to an admin that has waited longer to be sent than this makes way for another one.
  disputeMailPauseMinutes: 60,
} as const;

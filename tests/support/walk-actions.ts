import { type Foreign, NOTHING, publicId, type Walker } from "./walk-table";

/** What an action is sent, and what each walker hears: a code, `ok` where it is done to nothing of the owner's, or `led on`. */
export interface ActionRow {
  readonly fields: (foreign: Foreign) => Readonly<Record<string, string | readonly string[]>>;
  readonly hears: Readonly<Record<Exclude<Walker, "admin">, string>>;
  /** Takes the form alone, and not what it answered before. */
  readonly isPlain?: true;
}

type Fields = ActionRow["fields"];
const nobodyHears = { nobody: "unauthorized", buyer: "unauthorized" } as const;

/** For admins: whoever else asks is told that there is nothing, before what they sent is looked at. */
const forAdmins = (fields: Fields = () => ({})): ActionRow => ({
  fields,
  hears: { ...nobodyHears, stranger: "not_found" },
});
/** For merchants: another merchant's thing is not there. */
const foreign = (fields: Fields): ActionRow => forAdmins(fields);
/** About an order that only the browser of its buyer holds. */
const held = (fields: Fields = (f) => ({ orderId: publicId("ord", f.order) })): ActionRow => ({
  fields,
  hears: { nobody: "not_found", buyer: "not_found", stranger: "not_found" },
});
const ledOn = (fields: Fields = (f) => ({ orderId: publicId("ord", f.order) })): ActionRow => ({
  fields,
  hears: { nobody: "led on", buyer: "led on", stranger: "led on" },
  isPlain: true,
});

/** Every server action, by its name: one that is not here fails the walk. "no id": it names nothing that could be another's. */
export const ACTIONS: Readonly<Record<string, ActionRow | "no id">> = {
  // Pages of buyers
  lookUpAction: "no id",
  mailLinkAction: "no id",
  openLinkAction: "no id",
  placeOrderAction: "no id",
  mailWalletLinkAction: "no id",
  openWalletAction: "no id",
  leaveWalletAction: "no id",
  checkPaymentAction: held(),
  payWithBalanceAction: held(),
  reportTransferAction: held((f) => ({
    orderId: publicId("ord", f.order),
    attemptId: f.attempt,
    reference: "WALK-REF-1",
  })),
  cancelOrderAction: ledOn(),
  startPaymentAction: ledOn((f) => ({ orderId: publicId("ord", f.order), gateway: "epay" })),
  renewPaymentAction: ledOn((f) => ({
    orderId: publicId("ord", f.order),
    payment: publicId("pay", f.attempt),
  })),
  // Signing in and one's own account
  signInAction: "no id",
  showFactorAction: "no id",
  stepUpAction: "no id",
  startEnrolmentAction: "no id",
  finishEnrolmentAction: "no id",
  renewRecoveryCodesAction: "no id",
  disableFactorAction: "no id",
  setupAction: "no id",
  signOutAction: "no id",
  changePasswordAction: "no id",
  endOtherSessionsAction: "no id",
  endSessionAction: {
    fields: (f) => ({ sessionId: f.session }),
    hears: { ...nobodyHears, stranger: "led on" },
  },
  // A merchant's things
  saveProductAction: foreign((f) => ({
    ...{ productId: f.product, updatedAt: "2026-01-01T00:00:00.000Z", titleZh: "被改了", titleEn: "Taken over" },
    ...{ slug: "taken-over", summaryZh: "", summaryEn: "", descriptionZh: "", descriptionEn: "" },
    ...{ usageNoteZh: "", usageNoteEn: "", categoryId: f.category, picture: "", status: "archived" },
  })),
  saveVariantAction: foreign((f) => ({
    ...{ variantId: f.variant, productId: f.product, version: "1", titleZh: "被改了", titleEn: "Taken over" },
    ...{ sku: "TAKEN-OVER", price: "0.01", currency: "CNY", stockPolicy: "reserve_on_order", quantityMin: "1" },
    ...{ quantityMax: "100", lowStockBelow: "10", status: "published" },
  })),
  publishBatchAction: foreign((f) => ({ batchId: f.batch })),
  releaseDeductedAction: foreign((f) => ({ orderId: f.order })),
  pasteCardsAction: foreign((f) => ({ variantId: f.variant, note: "", text: "WALKED-IN" })),
  searchVaultAction: { fields: () => ({ secret: "WALK-1" }), hears: { ...nobodyHears, stranger: "card_unknown" } },
  moveVaultCardsAction: foreign((f) => ({
    ...{ cards: publicId("crd", f.card), all: "0", query: "", moveId: NOTHING, kind: "withdraw", reason: "walking by" },
  })),
  moveBatchAction: foreign((f) => ({ moveId: NOTHING, batchId: f.batch, kind: "quarantine", reason: "walking by" })),
  moveCardsAction: foreign((f) => ({
    ...{ moveId: NOTHING, batchId: f.batch, kind: "withdraw", reason: "walking by", cards: "WALK-1" },
  })),
  replaceCardAction: foreign((f) => ({
    ...{ replacementId: NOTHING, orderId: f.order, position: "1", reason: "used", note: "walking by", seen: "0" },
  })),
  cancelReplacementAction: foreign(() => ({ replacementId: NOTHING })),
  // An admin's
  haltProductAction: forAdmins((f) => ({ productId: f.product, reason: "walking by" })),
  resumeProductAction: forAdmins((f) => ({ productId: f.product })),
  saveGatewayAccountAction: forAdmins(),
  checkGatewayAccountAction: forAdmins(() => ({ accountId: "epay" })),
  startTestPaymentAction: forAdmins(() => ({ accountId: "epay", amount: "" })),
  checkTestPaymentAction: forAdmins(() => ({ testId: NOTHING })),
  refundTestPaymentAction: forAdmins(() => ({ testId: NOTHING })),
  testGatewayAccountAction: forAdmins(() => ({ accountId: "epay" })),
  createMerchantAction: forAdmins(() => ({
    ...{ name: "Walked in", slug: "walked-in", email: "walked-in@example.com", password: "a password for walking" },
  })),
  setUserStatusAction: forAdmins((f) => ({ userId: f.user, status: "disabled" })),
  resetFactorAction: forAdmins((f) => ({ userId: f.user, reason: "walking by" })),
  runProofAction: forAdmins(),
  resumeAuditedAction: forAdmins(() => ({ findingId: NOTHING, reason: "walking by" })),
  adjustWalletAction: forAdmins(() => ({
    ...{ email: "walker@example.com", currency: "CNY", amount: "1", reason: "walking by", requestKey: "0".repeat(32) },
  })),
  decideAdjustmentAction: forAdmins(() => ({ adjustmentId: NOTHING, decision: "confirm" })),
  confirmRefundAction: forAdmins((f) => ({
    ...{ orderId: f.order, paymentId: f.payment, refundId: NOTHING, amountMinor: "1000", method: "source" },
    ...{ reason: "walking by", reference: "", seen: "x", seenAt: "2026-01-01T00:00:00.000Z", amount: "" },
  })),
  retryRefundAction: forAdmins(() => ({ refundId: NOTHING })),
  askRefundNowAction: forAdmins(() => ({ refundId: NOTHING })),
  cancelRefundAction: forAdmins(() => ({ refundId: NOTHING, reason: "walking by" })),
  decideRefundAction: forAdmins(() => ({ refundId: NOTHING, reason: "walking by", outcome: "gone" })),
  giveUpRefundAction: forAdmins((f) => ({ orderId: f.order, reason: "walking by" })),
  saveRefundPolicyAction: forAdmins(),
  recordTransferAction: forAdmins((f) => ({
    ...{ attemptId: f.attempt, amount: "10", reference: "WALK-REF-1", arrivedOn: "2026-01-01", seenPayments: "0" },
  })),
  confirmTransferAction: forAdmins(() => ({ transferId: NOTHING })),
  refuseTransferAction: forAdmins((f) => ({ attemptId: f.attempt, refusal: "walking by" })),
  askForStatementAction: forAdmins(() => ({ accountId: "epay", day: "2026-01-01" })),
};

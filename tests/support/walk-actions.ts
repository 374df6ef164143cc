import type { Foreign } from "./walk-foreign";
import { NOTHING, publicId, type Walker } from "./walk-table";

type Caller = Exclude<Walker, "admin">;

/** What an action is sent, and what each caller hears: a code, `ok` where it is done to nothing of the owner's, or `led on`. */
export interface ActionRow {
  readonly fields: (foreign: Foreign) => Readonly<Record<string, string | readonly string[]>>;
  /** Whoever is not here is not asked: it would be their own that they change. */
  readonly hears: Readonly<Partial<Record<Caller, string>>>;
  /** Takes the form alone, and not what it answered before. */
  readonly isPlain?: true;
  /** Whoever of this role has not shown for a while who they are hears `step_up`, also of what is their own. */
  readonly asksAgain?: "merchant" | "admin";
}

type Fields = ActionRow["fields"];
const outside = { nobody: "unauthorized", buyer: "unauthorized" } as const;
const nothing: Fields = () => ({});

/** For admins: whoever else asks is told that there is nothing, before what they sent is looked at. */
const forAdmins = (fields: Fields = nothing): ActionRow => ({ fields, hears: { ...outside, stranger: "not_found" } });
/** For merchants: another merchant's thing is not there. */
const foreign = (fields: Fields): ActionRow => forAdmins(fields);
/** For whoever has signed in, about nothing of another's. */
const staff = (fields: Fields = nothing): ActionRow => ({ fields, hears: outside });
/** One that gives secrets, money or keys away. */
const asksAgain = (row: ActionRow, asksAgain: "merchant" | "admin" = "merchant"): ActionRow => ({ ...row, asksAgain });
const ofOrder: Fields = (f) => ({ orderId: publicId("ord", f.order) });
const everybody = (heard: string) => ({ nobody: heard, buyer: heard, stranger: heard }) as const;
/** About an order that only the browser of its buyer holds. */
const held = (fields: Fields = ofOrder): ActionRow => ({ fields, hears: everybody("not_found") });
const ledOn = (fields: Fields = ofOrder): ActionRow => ({ fields, hears: everybody("led on"), isPlain: true });

const PRODUCT = {
  ...{
    updatedAt: "2026-01-01T00:00:00.000Z",
    titleZh: "被改了",
    titleEn: "Taken over",
    slug: "taken-over",
    summaryZh: "",
  },
  ...{ summaryEn: "", descriptionZh: "", descriptionEn: "", usageNoteZh: "", usageNoteEn: "", picture: "" },
  ...{ pictureAltZh: "", pictureAltEn: "", status: "archived", publishAt: "" },
};
const VARIANT = {
  ...{ version: "1", titleZh: "被改了", titleEn: "Taken over", sku: "TAKEN-OVER", price: "0.01", currency: "CNY" },
  ...{ stockPolicy: "reserve_on_order", quantityMin: "1", quantityMax: "100", lowStockBelow: "10", usageNoteZh: "" },
  ...{ usageNoteEn: "", saleFrom: "", saleUntil: "", buyerMax: "", status: "published" },
};
const MOVE = { moveId: NOTHING, kind: "withdraw", reason: "walking by" };

/** Every server action, by its name: one that is not here fails the walk. */
export const ACTIONS: Readonly<Record<string, ActionRow | "for anybody">> = {
  // Pages of buyers
  lookUpAction: "for anybody",
  mailLinkAction: "for anybody",
  openLinkAction: "for anybody",
  placeOrderAction: "for anybody",
  mailWalletLinkAction: "for anybody",
  openWalletAction: "for anybody",
  leaveWalletAction: "for anybody",
  askRestockAction: "for anybody",
  endRestockAction: "for anybody",
  checkPaymentAction: held(),
  payWithBalanceAction: held(),
  reportTransferAction: held((f) => ({ ...ofOrder(f), attemptId: f.attempt, reference: "WALK-REF-1" })),
  withdrawDisputeAction: held((f) => ({ ...ofOrder(f), disputeId: f.dispute, requestId: NOTHING, text: "" })),
  reopenDisputeAction: held((f) => ({ ...ofOrder(f), disputeId: f.dispute, requestId: NOTHING, text: "walking by" })),
  cancelOrderAction: ledOn(),
  startPaymentAction: ledOn((f) => ({ ...ofOrder(f), gateway: "epay" })),
  renewPaymentAction: ledOn((f) => ({ ...ofOrder(f), payment: publicId("pay", f.attempt) })),
  // Signing in, and one's own account
  signInAction: "for anybody",
  setupAction: "for anybody",
  // For whoever has shown a password and not yet the factor.
  showFactorAction: { fields: () => ({ code: "123456" }), hears: everybody("unauthorized") },
  stepUpAction: staff(() => ({ answer: "a guess" })),
  startEnrolmentAction: asksAgain(staff()),
  finishEnrolmentAction: staff(() => ({ code: "123456" })),
  renewRecoveryCodesAction: staff(() => ({ code: "123456" })),
  disableFactorAction: staff(() => ({ code: "123456" })),
  // Whose key it is, and what for, is in the challenge.
  askPasskeyAction: "for anybody",
  showPasskeyAction: "for anybody",
  askNewPasskeyAction: asksAgain(staff()),
  addPasskeyAction: asksAgain(staff(() => ({ name: "walk", answer: "{}" }))),
  removePasskeyAction: asksAgain(foreign((f) => ({ passkeyId: f.passkey }))),
  signOutAction: staff(),
  changePasswordAction: staff(() => ({ current: "a guess", password: "another password" })),
  endOtherSessionsAction: staff(),
  endSessionAction: { fields: (f) => ({ sessionId: f.session }), hears: { ...outside, stranger: "led on" } },
  // A merchant's things
  saveProductAction: foreign((f) => ({ ...PRODUCT, productId: f.product, categoryId: f.category })),
  saveVariantAction: foreign((f) => ({ ...VARIANT, variantId: f.variant, productId: f.product })),
  duplicateProductAction: foreign((f) => ({ productId: f.product })),
  applyBulkAction: foreign((f) => ({ item: `${f.variant} 1 1`, price: "0.01", status: "", category: "" })),
  previewAction: staff(() => ({ text: "walking by" })),
  publishBatchAction: foreign((f) => ({ batchId: f.batch })),
  takeBackAction: foreign((f) => ({ batchId: f.batch })),
  releaseDeductedAction: foreign((f) => ({ orderId: f.order })),
  pasteCardsAction: foreign((f) => ({ variantId: f.variant, note: "", text: "WALKED-IN" })),
  startImportAction: foreign((f) => ({ uploadId: f.upload, reading: "{}" })),
  cancelUploadAction: foreign((f) => ({ uploadId: f.upload })),
  searchVaultAction: { fields: () => ({ secret: "WALK-1" }), hears: { ...outside, stranger: "card_unknown" } },
  setPreviewAction: foreign((f) => ({ cardId: f.card, preview: "No. 8888", extra: "1.00" })),
  moveVaultCardsAction: asksAgain(foreign((f) => ({ ...MOVE, cards: publicId("crd", f.card), all: "0", query: "" }))),
  moveBatchAction: foreign((f) => ({ ...MOVE, batchId: f.batch })),
  moveCardsAction: foreign((f) => ({ ...MOVE, batchId: f.batch, cards: "WALK-1" })),
  replaceCardAction: foreign((f) => ({
    ...{ replacementId: NOTHING, orderId: f.order, position: "1", reason: "used", note: "walking by", seen: "0" },
  })),
  cancelReplacementAction: foreign((f) => ({ replacementId: f.replacement })),
  answerDisputeAction: foreign((f) => ({ disputeId: f.dispute, requestId: NOTHING, text: "walking by" })),
  decideDisputeAction: foreign((f) => ({
    ...{ disputeId: f.dispute, decisionId: NOTHING, seen: "0", reason: "walking by", outcome: "reject" },
  })),
  saveCareAction: foreign((f) => ({ variantId: f.variant, lowStockClear: "5", warrantyHours: "", warrantyCount: "" })),
  savePoolAction: foreign((f) => ({ poolId: f.pool, name: "taken over", channel: "", note: "" })),
  saveVariantPoolsAction: foreign((f) => ({ variantId: f.variant, version: "1", pool: f.pool })),
  transferStockAction: foreign((f) => ({
    ...{
      moveId: NOTHING,
      variantId: f.variant,
      fromPoolId: f.pool,
      toPoolId: NOTHING,
      quantity: "1",
      reason: "walking by",
    },
  })),
  countPoolsAction: staff(),
  generateKeysAction: foreign((f) => ({
    ...{ batchId: NOTHING, variantId: f.variant, count: "1", uses: "1", note: "" },
  })),
  shareSecretAction: foreign((f) => ({ variantId: f.variant, secret: "WALKED-IN", uses: "1", note: "" })),
  deliverByHandAction: foreign((f) => ({ orderId: f.order, content: "WALKED-IN" })),
  saveChannelAction: staff(),
  testChannelAction: staff(),
  requestExportAction: asksAgain(staff(() => ({ format: "csv" }))),
  saveFilterAction: staff(() => ({ name: "walk" })),
  // What is not one's own is forgotten already: "ok", and the owner's stays.
  forgetFilterAction: { fields: (f) => ({ filterId: f.filter }), hears: { ...outside, stranger: "ok" } },
  createApiKeyAction: asksAgain(staff(() => ({ name: "walk", scopes: "orders:read" }))),
  rotateApiKeyAction: asksAgain(foreign((f) => ({ keyId: f.apiKey }))),
  revokeApiKeyAction: foreign((f) => ({ keyId: f.apiKey })),
  addEndpointAction: asksAgain(staff(() => ({ url: "https://example.com/", kinds: "order.paid" }))),
  rotateEndpointAction: asksAgain(foreign((f) => ({ endpointId: f.endpoint }))),
  switchEndpointAction: foreign((f) => ({ endpointId: f.endpoint, status: "disabled" })),
  pingEndpointAction: foreign((f) => ({ endpointId: f.endpoint })),
  replayDeliveryAction: foreign((f) => ({ deliveryId: f.delivery })),
  // An admin's
  haltProductAction: forAdmins((f) => ({ productId: f.product, reason: "walking by" })),
  resumeProductAction: forAdmins((f) => ({ productId: f.product })),
  saveCategoryAction: forAdmins((f) => ({
    ...{
      categoryId: f.category,
      titleZh: "被改了",
      titleEn: "Taken over",
      slug: "taken-over",
      parentId: "",
      position: "0",
    },
  })),
  removeCategoryAction: forAdmins((f) => ({ categoryId: f.category })),
  saveGatewayAccountAction: asksAgain(forAdmins(), "admin"),
  checkGatewayAccountAction: forAdmins(() => ({ accountId: "epay" })),
  startTestPaymentAction: forAdmins(() => ({ accountId: "epay", amount: "" })),
  checkTestPaymentAction: forAdmins(() => ({ testId: NOTHING })),
  refundTestPaymentAction: forAdmins(() => ({ testId: NOTHING })),
  testGatewayAccountAction: forAdmins(() => ({ accountId: "epay" })),
  createMerchantAction: forAdmins(() => ({
    ...{ name: "Walked in", slug: "walked-in", email: "walked-in@example.com", password: "a password for walking" },
  })),
  setUserStatusAction: forAdmins((f) => ({ userId: f.user, status: "disabled" })),
  resetFactorAction: asksAgain(
    forAdmins((f) => ({ userId: f.user, reason: "walking by" })),
    "admin",
  ),
  runProofAction: forAdmins(),
  checkCachesAction: forAdmins(),
  rebuildCachesAction: forAdmins(),
  wishCloseMailAction: forAdmins(),
  resumeAuditedAction: forAdmins(() => ({ findingId: NOTHING, reason: "walking by" })),
  adjustWalletAction: forAdmins(() => ({
    ...{ email: "walker@example.com", currency: "CNY", amount: "1", reason: "walking by", requestKey: "0".repeat(32) },
  })),
  decideAdjustmentAction: forAdmins(() => ({ adjustmentId: NOTHING, decision: "confirm" })),
  confirmRefundAction: asksAgain(
    forAdmins((f) => ({
      ...{ orderId: f.order, paymentId: NOTHING, refundId: NOTHING, amountMinor: "1000", method: "source" },
      ...{ reason: "walking by", reference: "", seen: "x", seenAt: "2026-01-01T00:00:00.000Z", amount: "" },
    })),
    "admin",
  ),
  decideByMoneyAction: asksAgain(
    forAdmins((f) => ({
      ...{ disputeId: f.dispute, decisionId: NOTHING, seen: "0", reason: "walking by" },
      ...{ outcome: "compensate", amount: "1.00" },
    })),
    "admin",
  ),
  retryRefundAction: asksAgain(
    forAdmins(() => ({ refundId: NOTHING })),
    "admin",
  ),
  askRefundNowAction: forAdmins(() => ({ refundId: NOTHING })),
  cancelRefundAction: forAdmins(() => ({ refundId: NOTHING, reason: "walking by" })),
  decideRefundAction: forAdmins(() => ({ refundId: NOTHING, reason: "walking by", outcome: "gone" })),
  giveUpRefundAction: forAdmins((f) => ({ orderId: f.order, reason: "walking by" })),
  saveRefundPolicyAction: forAdmins((f) => ({
    ...{ merchantId: f.merchant, double: "refund", noStock: "refund", cap: "", capCurrency: "CNY", seen: "" },
  })),
  recordTransferAction: forAdmins((f) => ({
    ...{ attemptId: f.attempt, amount: "10", reference: "WALK-REF-1", arrivedOn: "2026-01-01", seenPayments: "0" },
  })),
  confirmTransferAction: forAdmins(() => ({ transferId: NOTHING })),
  refuseTransferAction: forAdmins((f) => ({ attemptId: f.attempt, refusal: "walking by" })),
  bulkFindingsAction: forAdmins(() => ({ act: "take", ids: NOTHING, words: "walking by" })),
  saveViewAction: forAdmins(() => ({ name: "walk" })),
  takeFindingAction: forAdmins(() => ({ findingId: NOTHING })),
  leaveFindingAction: forAdmins(() => ({ findingId: NOTHING })),
  assignFindingAction: forAdmins(() => ({ findingId: NOTHING, ownerId: "", seenOwner: "" })),
  noteFindingAction: forAdmins(() => ({ findingId: NOTHING, note: "walking by" })),
  closeFindingAction: forAdmins(() => ({ findingId: NOTHING, as: "accepted", reason: "walking by" })),
  reopenFindingAction: forAdmins(() => ({ findingId: NOTHING, reason: "walking by" })),
  applyRemedyAction: forAdmins(() => ({
    ...{ findingId: NOTHING, remedy: "deliver", actId: NOTHING, seen: "x", seenAt: "2026-01-01T00:00:00.000Z" },
    reason: "walking by",
  })),
  decideRemedyAction: forAdmins(() => ({ actId: NOTHING, findingId: NOTHING, decision: "confirm" })),
  saveRemedyPolicyAction: forAdmins(() => ({ remedy: "deliver", isOn: "on", dailyMax: "1000", seen: "off|20" })),
  stopRemediesAction: forAdmins(),
  startReconciliationAction: forAdmins(),
  stopReconciliationAction: forAdmins(() => ({ runId: NOTHING })),
  askForStatementAction: forAdmins(() => ({ accountId: "epay", day: "2026-01-01" })),
};

import { apiKeyLimits } from "./api-keys";
import { auditLimits } from "./audit";
import { cacheLimits } from "./caches";
import { catalogLimits } from "./catalog";
import { databaseLimits } from "./database";
import { disputeLimits } from "./disputes";
import { httpLimits } from "./http";
import { identityLimits } from "./identity";
import { importLimits } from "./imports";
import { inventoryLimits } from "./inventory";
import { jobLimits } from "./jobs";
import { ledgerLimits } from "./ledger";
import { listLimits } from "./lists";
import { merchantLimits } from "./merchants";
import { notificationLimits } from "./notifications";
import { orderLimits } from "./orders";
import { paymentLimits } from "./payments";
import { previewLimits } from "./previews";
import { promiseLimits } from "./promises";
import { quotaLimits } from "./quota";
import { reconciliationLimits } from "./reconciliation";
import { refundLimits } from "./refunds";
import { reportLimits } from "./reports";
import { statementLimits } from "./statements";
import { stockAlertLimits } from "./stock-alerts";
import { transferLimits } from "./transfers";
import { vaultLimits } from "./vault";
import { walletLimits } from "./wallets";
import { webhookLimits } from "./webhooks";

/**
 * Every bound of the shop has its name here. Past a bound there is a clear refusal, never a slow death. Each file beside this one
 * holds the bounds of one subject, and no name stands in two of them.
 */
export const limits = {
  ...apiKeyLimits,
  ...auditLimits,
  ...cacheLimits,
  ...catalogLimits,
  ...databaseLimits,
  ...disputeLimits,
  ...httpLimits,
  ...identityLimits,
  ...importLimits,
  ...inventoryLimits,
  ...jobLimits,
  ...ledgerLimits,
  ...listLimits,
  ...merchantLimits,
  ...notificationLimits,
  ...orderLimits,
  ...paymentLimits,
  ...previewLimits,
  ...promiseLimits,
  ...quotaLimits,
  ...reconciliationLimits,
  ...refundLimits,
  ...reportLimits,
  ...statementLimits,
  ...stockAlertLimits,
  ...transferLimits,
  ...vaultLimits,
  ...walletLimits,
  ...webhookLimits,
} as const;

import { auditContinuouslyJob } from "./audit-continuously";
import { auditFullyJob } from "./audit-fully";
import { checkCachesJob } from "./check-caches";
import { closeDaysJob } from "./close-days";
import { countPoolsJob } from "./count-pools";
import { countSalesJob } from "./count-sales";
import { drainOutboxJob } from "./drain-outbox";
import { driveRefundsJob } from "./drive-refunds";
import { expireOrdersJob } from "./expire-orders";
import { fetchStatementsJob } from "./fetch-statements";
import { fillOwedOrdersJob } from "./fill-owed-orders";
import { finishImportsJob } from "./finish-imports";
import { followDisputesJob } from "./follow-disputes";
import { freeAbandonedJobsJob } from "./free-abandoned-jobs";
import type { Job } from "./job";
import { keepHoldsJob } from "./keep-holds";
import { keepTimetableJob } from "./keep-timetable";
import { queryPaymentsJob } from "./query-payments";
import { queueMailsJob } from "./queue-mails";
import { reconcileContinuouslyJob } from "./reconcile-continuously";
import { refreshStockBandsJob } from "./refresh-stock-bands";
import { refundByPolicyJob } from "./refund-by-policy";
import { remedyByPolicyJob } from "./remedy-by-policy";
import { runImportsJob } from "./run-imports";
import { runReconciliationsJob } from "./run-reconciliations";
import { sealLedgerJob } from "./seal-ledger";
import { sendTelegramJob } from "./send-telegram";
import { sendWebhooksJob } from "./send-webhooks";
import { tellOfGlassJob } from "./tell-of-glass";
import { tellRestockedJob } from "./tell-restocked";
import { watchPromisesJob } from "./watch-promises";
import { watchStockJob } from "./watch-stock";
import { withdrawExpiredJob } from "./withdraw-expired";
import { writeExportsJob } from "./write-exports";

/** Everything the shop does by itself. */
export const JOBS: readonly Job[] = [
  drainOutboxJob,
  queueMailsJob,
  refreshStockBandsJob,
  expireOrdersJob,
  queryPaymentsJob,
  driveRefundsJob,
  refundByPolicyJob,
  followDisputesJob,
  remedyByPolicyJob,
  fetchStatementsJob,
  fillOwedOrdersJob,
  runImportsJob,
  finishImportsJob,
  keepHoldsJob,
  withdrawExpiredJob,
  watchPromisesJob,
  watchStockJob,
  sendTelegramJob,
  tellRestockedJob,
  keepTimetableJob,
  countSalesJob,
  closeDaysJob,
  checkCachesJob,
  countPoolsJob,
  sendWebhooksJob,
  writeExportsJob,
  freeAbandonedJobsJob,
  auditContinuouslyJob,
  auditFullyJob,
  sealLedgerJob,
  reconcileContinuouslyJob,
  runReconciliationsJob,
  tellOfGlassJob,
];

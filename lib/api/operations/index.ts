import { catalogueOperations } from "./catalogue";
import { ledgerOperations } from "./ledger";
import { merchantOperations } from "./merchant";
import type { Operation } from "./operation";
import { orderOperations } from "./orders";
import { paymentOperations } from "./payments";
import { probeOperations } from "./probes";
import { quotaOperations } from "./quota";

/** Every address of the API but those of the documentation itself. */
export const OPERATIONS: readonly Operation[] = [
  ...catalogueOperations,
  ...orderOperations,
  ...paymentOperations,
  ...quotaOperations,
  ...merchantOperations,
  ...ledgerOperations,
  ...probeOperations,
];

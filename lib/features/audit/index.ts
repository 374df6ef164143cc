export { INVARIANTS } from "./catalog";
export { type Invariant, LIVENESS_SECONDS } from "./invariant";
export { type AuditReport, type InvariantResult, judge, runAudit } from "./run-audit";

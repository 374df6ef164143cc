export { INVARIANTS } from "./catalog";
export { type AuditReport, type InvariantResult, judge, runAudit } from "./run-audit";

export { INVARIANTS, OUT_OF_SIGHT, type OutOfSight, orderOf } from "./catalog";
export { auditContinuously } from "./continuous";
export { auditFully } from "./full";
export { describeMigration } from "./migration-state";
export type { Break, Pass } from "./pass";
export { saveCheck, saveProgress } from "./progress";
export { recheck } from "./recheck";
export { type AuditReport, type InvariantResult, judge, runAudit } from "./run-audit";

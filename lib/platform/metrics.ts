import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { onBatch } from "./measures";
import { singleton } from "./singleton";

/** What the process measures of itself. Figures and names of states only: no id, address or amount is ever a label. */
export interface Metrics {
  readonly registry: Registry;
  /** From the request for an order to its answer, replays and refusals included. */
  readonly claimSeconds: Histogram<"outcome">;
  /** From a gateway's notice to our word, which is sent after commit. */
  readonly notifySeconds: Histogram<"outcome">;
  /** How many requests left together in one statement. */
  readonly batchSize: Histogram<"batch">;
  readonly batchSeconds: Histogram<"batch">;
  readonly jobSeconds: Histogram<"job" | "outcome">;
  readonly orders: Gauge<"status" | "exception">;
  readonly variants: Gauge<"band">;
  readonly availableCards: Gauge;
  readonly openFindings: Gauge<"kind">;
  readonly outboxWaiting: Gauge;
  readonly invariantViolations: Gauge<"invariant">;
  /** Seconds since the last pass of the audit that came to its end had begun. */
  readonly auditAge: Gauge<"pass">;
  readonly auditUnfinished: Counter<"pass">;
  /** Notices that were not taken as a gateway's: a rise of `unknown_key` or `other_account` wants somebody to look. */
  readonly noticesRefused: Counter<"refusal">;
  /** The share of a cache's figures that the last check of this process found wrong. */
  readonly cacheDrift: Gauge<"cache">;
  readonly cacheCompared: Counter<"cache" | "outcome">;
}

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** The process's metrics; event loop lag, memory and garbage collection come with them. */
export const getMetrics = (): Metrics =>
  singleton("metrics", () => {
    const metrics = createMetrics();
    onBatch((batch, { size, milliseconds }) => {
      metrics.batchSize.observe({ batch }, size);
      metrics.batchSeconds.observe({ batch }, milliseconds / 1000);
    });
    return metrics;
  });

function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    claimSeconds: new Histogram({
      name: "kapu_claim_duration_seconds",
      help: "Time from a request for an order to its answer, by outcome.",
      labelNames: ["outcome"],
      buckets: FAST,
      registers,
    }),
    notifySeconds: new Histogram({
      name: "kapu_notify_duration_seconds",
      help: "Time from a gateway's notification to its answer after commit, by outcome.",
      labelNames: ["outcome"],
      buckets: FAST,
      registers,
    }),
    batchSize: new Histogram({
      name: "kapu_batch_size",
      help: "Requests that one statement carried.",
      labelNames: ["batch"],
      buckets: SIZES,
      registers,
    }),
    batchSeconds: new Histogram({
      name: "kapu_batch_duration_seconds",
      help: "Time one batched statement took.",
      labelNames: ["batch"],
      buckets: FAST,
      registers,
    }),
    jobSeconds: new Histogram({
      name: "kapu_job_duration_seconds",
      help: "Time one run of a job took, by outcome.",
      labelNames: ["job", "outcome"],
      buckets: [...FAST, 10, 30, 60],
      registers,
    }),
    ...gauges(registers),
  };
}

/** Read from the database when somebody asks, not kept up to date beside the sales. */
function gauges(registers: Registry[]) {
  return {
    orders: new Gauge({
      name: "kapu_orders",
      help: "Orders by state.",
      labelNames: ["status", "exception"] as const,
      registers,
    }),
    variants: new Gauge({
      name: "kapu_variants",
      help: "Published variants by stock band.",
      labelNames: ["band"] as const,
      registers,
    }),
    availableCards: new Gauge({ name: "kapu_cards_available", help: "Cards that can be sold now.", registers }),
    openFindings: new Gauge({
      name: "kapu_findings_open",
      help: "Open findings by kind.",
      labelNames: ["kind"] as const,
      registers,
    }),
    outboxWaiting: new Gauge({ name: "kapu_outbox_waiting", help: "Outbox rows not drained yet.", registers }),
    invariantViolations: new Gauge({
      name: "kapu_invariant_violations",
      help: "Rows that break an invariant, by the open findings of the audit.",
      labelNames: ["invariant"] as const,
      registers,
    }),
    auditAge: new Gauge({
      name: "kapu_audit_age_seconds",
      help: "Time since the last finished pass of the audit, by kind of pass.",
      labelNames: ["pass"] as const,
      registers,
    }),
    noticesRefused: new Counter({
      name: "kapu_notices_refused_total",
      help: "Notices to this process that were not taken as their gateway's, by reason.",
      labelNames: ["refusal"] as const,
      registers,
    }),
    cacheDrift: new Gauge({
      name: "kapu_cache_drift_ratio",
      help: "Share of the compared entries of a cache that disagreed with the database at the last check in this process.",
      labelNames: ["cache"] as const,
      registers,
    }),
    cacheCompared: new Counter({
      name: "kapu_cache_compared_total",
      help: "Entries of caches that this process compared with the database, by what was found.",
      labelNames: ["cache", "outcome"] as const,
      registers,
    }),
    auditUnfinished: new Counter({
      name: "kapu_audit_unfinished_total",
      help: "Passes of the audit in this process that did not come to their end.",
      labelNames: ["pass"] as const,
      registers,
    }),
  };
}

import { INVARIANTS, OUT_OF_SIGHT } from "@/lib/features/audit";
import { type Figures, readFigures } from "@/lib/features/health/queries";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";

interface State {
  readAt: number;
  reading: Promise<void> | null;
}

/**
 * Brings the gauges of the database up to date, at most once in `limits.figuresAgeMs` and once at a time. When the
 * database is slow or away the old figures stay, and the process's own metrics are still answered.
 */
export async function refreshFigures(deps: Deps): Promise<void> {
  const state = ofDeps<State>(deps, "api.figures", () => ({ readAt: Number.NEGATIVE_INFINITY, reading: null }));
  if (deps.clock.elapsed() - state.readAt < limits.figuresAgeMs) return;
  state.reading ??= readFigures(deps)
    .then(show)
    .catch((error: unknown) => deps.log.warn("metrics.figures_failed", {}, error))
    .finally(() => {
      state.readAt = deps.clock.elapsed();
      state.reading = null;
    });
  await state.reading;
}

function show(figures: Figures): void {
  const metrics = getMetrics();
  for (const gauge of [metrics.orders, metrics.variants, metrics.openFindings, metrics.invariantViolations])
    gauge.reset();
  for (const { status, exception, count } of figures.orders) metrics.orders.set({ status, exception }, count);
  for (const { band, count } of figures.variants) metrics.variants.set({ band }, count);
  for (const { kind, count } of figures.findings) metrics.openFindings.set({ kind }, count);
  for (const { id } of [...INVARIANTS, ...OUT_OF_SIGHT]) metrics.invariantViolations.set({ invariant: id }, 0);
  for (const { invariant, count } of figures.violations) metrics.invariantViolations.set({ invariant }, count);
  for (const { pass, age } of figures.audits) metrics.auditAge.set({ pass }, age);
  metrics.availableCards.set(figures.availableCards);
  metrics.outboxWaiting.set(figures.outboxWaiting);
}

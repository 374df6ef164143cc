type Kind = "commands" | "answers" | "faults" | "orders";
type Sum = "programs" | "statements" | "audits" | "invariants";

/** What a run did, for its report. */
export class Tally {
  readonly counts: Record<Kind, Map<string, number>> = {
    commands: new Map(),
    answers: new Map(),
    faults: new Map(),
    orders: new Map(),
  };
  readonly sums: Record<Sum, number> = { programs: 0, statements: 0, audits: 0, invariants: 0 };

  count(kind: Kind, name: string): void {
    this.counts[kind].set(name, (this.counts[kind].get(name) ?? 0) + 1);
  }

  add(sum: Sum, by: number): void {
    this.sums[sum] += by;
  }

  total = (kind: Kind): number => [...this.counts[kind].values()].reduce((sum, count) => sum + count, 0);
}

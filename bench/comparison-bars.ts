import { atMost, type Verdict } from "./bars";

/** What one way of comparing costs. */
export interface ComparisonFigure {
  readonly way: string;
  /** Orders, each with its line, card, payment, entries, event, mail and a row of the gateway's books; or findings. */
  readonly rows: number;
  readonly seconds: number;
  /** The most memory that its process ever had; null where that is not the question. */
  readonly peakMb: number | null;
}

export const COMPARED = {
  whole: "everything compared with everything",
  fresh: "orders that are new",
  alone: "a buyer's order, p99, beside no run",
  beside: "a buyer's order, p99, beside a run over everything",
  inbox: "a page of the inbox, however narrowed, the slowest",
  counts: "the counts and choices of the inbox, the slowest",
  story: "a finding's page with its story, the slowest",
} as const;

const WHOLE_SECONDS_MOST = 120;
const WHOLE_MEGABYTES_MOST = 500;
const FRESH_SECONDS_MOST = 3;
const BESIDE_MOST = 1.5;
const INBOX_SECONDS_MOST = 0.2;
/** Ten times the rows may take this much more than ten times as long. */
const GROWTH_MOST = 1.3;

/** What the design expects of a million orders and a million rows of the gateway's books. */
export function judgeComparisons(figures: readonly ComparisonFigure[]): Verdict[] {
  const wholes = figures.filter(({ way }) => way === COMPARED.whole).sort((a, b) => a.rows - b.rows);
  const find = (way: string) => figures.find((figure) => figure.way === way);
  const [largest, before] = [wholes.at(-1), wholes.at(-2)];
  const [fresh, alone, beside] = [COMPARED.fresh, COMPARED.alone, COMPARED.beside].map(find);
  const inbox = [COMPARED.inbox, COMPARED.counts, COMPARED.story].flatMap((way) => find(way)?.seconds ?? []);
  if (!largest || !before || !fresh || !alone || !beside || inbox.length === 0) return [];
  const growth = largest.seconds / before.seconds / (largest.rows / before.rows);
  return [
    atMost("everything compared, seconds", null, largest.seconds, WHOLE_SECONDS_MOST),
    atMost("everything compared, peak MB", null, largest.peakMb ?? 0, WHOLE_MEGABYTES_MOST),
    atMost("seconds for each order, the most / the fewer orders", null, growth, GROWTH_MOST),
    atMost("new orders compared, seconds", null, fresh.seconds, FRESH_SECONDS_MOST),
    atMost("a buyer's p99 beside a run / beside none", null, beside.seconds / alone.seconds, BESIDE_MOST),
    atMost("the slowest question of the inbox, seconds", null, Math.max(...inbox), INBOX_SECONDS_MOST),
  ];
}

import { atLeast, atMost, type Verdict } from "./bars";

/** What one way of going through a file of cards costs. */
export interface ImportFigure {
  readonly way: string;
  readonly rows: number;
  readonly seconds: number;
  /** The most memory that its process ever had; null for what the database does by itself. */
  readonly peakMb: number | null;
}

export const IMPORT_WAYS = {
  read: "read into cards, nothing else",
  first: "imported by the shop and put on sale",
  again: "the same file again, adding nothing",
  copy: "the same rows by COPY, the same indexes",
  alone: "a buyer's order, p99, beside no import",
  beside: "a buyer's order, p99, beside an import",
  aloneInOne: "a buyer's order, p99, beside no import, again",
  besideInOne: "a buyer's order, p99, beside one in his own process",
} as const;

const SECONDS_MOST = 120;
const MEGABYTES_MOST = 400;
const COPY_SHARE = 0.4;
const AGAIN_TIMES_SOONER = 3;
const BESIDE_MOST = 2;

/** What the design expects of a million cards. */
export function judgeImports(figures: readonly ImportFigure[]): Verdict[] {
  const find = (way: string) => figures.find((figure) => figure.way === way);
  const [first, again, copy] = [find(IMPORT_WAYS.first), find(IMPORT_WAYS.again), find(IMPORT_WAYS.copy)];
  const { alone, beside, aloneInOne, besideInOne } = IMPORT_WAYS;
  if (!first || !again || !copy) return [];
  return [
    atMost("a file of cards imported and on sale, seconds", null, first.seconds, SECONDS_MOST),
    atMost("a file of cards imported, peak MB", null, first.peakMb ?? 0, MEGABYTES_MOST),
    atLeast("cards imported / COPY of the same rows", null, copy.seconds / first.seconds, COPY_SHARE),
    atLeast("the same file again / the first time", null, first.seconds / again.seconds, AGAIN_TIMES_SOONER),
    ...judgeWaits("a buyer's p99 beside an import / beside none", find(beside), find(alone)),
    ...judgeWaits("a buyer's p99 beside one in his process / beside none", find(besideInOne), find(aloneInOne)),
  ];
}

const judgeWaits = (name: string, beside: ImportFigure | undefined, alone: ImportFigure | undefined): Verdict[] =>
  beside && alone ? [atMost(name, null, beside.seconds / alone.seconds, BESIDE_MOST)] : [];

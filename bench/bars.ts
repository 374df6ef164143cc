import type { Summary } from "./figures";
import type { Flash } from "./flash";
import { signatureOf } from "./notices";
import { type PageFigures, slowdownOf } from "./pages";
import type { Slope } from "./slope";

/** What the design expects of the ratio of two medians at the highest number in flight, of one product. */
const BARS = [
  { bench: "claim", of: "ours", over: "single statement", atLeast: 4 },
  { bench: "claim", of: "ours", over: "pgbench", atLeast: 1.3 },
  { bench: "claim", of: "ours", over: "FOR UPDATE", atLeast: 20 },
  { bench: "http", of: "POST /api/v1/orders", over: "one SELECT", atLeast: 1 },
  { bench: "http", of: "notice, delivered", over: "one SELECT", atLeast: 1 },
  { bench: "http", of: "POST /api/v1/orders", over: "no-op Next route", atLeast: 5 },
  { bench: "pages", of: "home page, kept", over: "home page, rendered", atLeast: 10 },
  { bench: "pages", of: "product page, kept", over: "product page, rendered", atLeast: 10 },
  { bench: "quota", of: "use of one key", over: "claim", atLeast: 0.8 },
  { bench: "quota", of: "use of 1000 keys", over: "claim", atLeast: 0.8 },
  { bench: "ledger", of: "entries sealed", over: "ours, sealed later", atLeast: 2 },
] as const;

/** Order, notice, delivered, revealed: so many times a second. */
const WHOLE_SALES_PER_SECOND = 2_000;
/** Of one core, for a notice signed with a key that both sides know, and with one of the gateway's own. */
const NOTICE_MS_MOST = { digest: 0.3, RSA: 1 } as const;
/** Of twenty accounts together. */
const NOTICES_PER_SECOND = 1_000;
const FLASH_TIMES_SOONER = 5;
const REFUSAL_P99_MS = 100;
const SLOPE_MOST = 1.5;
const DELAY_SHARE = 1 / 5;

export interface Verdict {
  readonly ratio: string;
  /** Requests, or buyers, at once; null where that is not the question. */
  readonly inFlight: number | null;
  readonly measured: number;
  readonly expected: number;
  /** Whether less is better. */
  readonly isCeiling: boolean;
  readonly isMet: boolean;
}

export const atLeast = (ratio: string, inFlight: number | null, measured: number, expected: number): Verdict => ({
  ratio,
  inFlight,
  measured,
  expected,
  isCeiling: false,
  isMet: measured >= expected,
});

export const atMost = (ratio: string, inFlight: number | null, measured: number, expected: number): Verdict => ({
  ...atLeast(ratio, inFlight, measured, expected),
  isCeiling: true,
  isMet: measured <= expected,
});

/** The expected ratios beside the measured ones; what falls short is said, not hidden. */
export function judgeBars(summaries: readonly Summary[]): Verdict[] {
  return BARS.flatMap(({ bench, of, over, atLeast: expected }) => {
    const own = summaries.filter((s) => s.bench === bench && (s.products ?? 1) === 1);
    const inFlight = Math.max(...own.map((s) => s.inFlight));
    const find = (contender: string) => own.find((s) => s.contender === contender && s.inFlight === inFlight);
    const [mine, other] = [find(of), find(over)];
    if (!mine || !other) return [];
    return [atLeast(`${of} / ${over}`, inFlight, mine.perSecond / other.perSecond, expected)];
  });
}

/** How many sales a second go from the order to the card in the buyer's hand. */
export function judgeWholeSales(summaries: readonly Summary[]): Verdict[] {
  const best = summaries
    .filter(({ bench, contender }) => bench === "http" && contender === "whole sale")
    .toSorted((a, b) => b.perSecond - a.perSecond)[0];
  return best ? [atLeast("whole sales per second", best.inFlight, best.perSecond, WHOLE_SALES_PER_SECOND)] : [];
}

/** What it costs to believe a gateway, and how many of them are heard at once. */
export function judgeNotices(summaries: readonly Summary[]): Verdict[] {
  const read = summaries.flatMap(({ bench, contender, perSecond }) => {
    const signedBy = bench === "notices" ? signatureOf(contender) : null;
    return signedBy
      ? [atMost(`reading a notice of ${contender}, ms`, null, 1_000 / perSecond, NOTICE_MS_MOST[signedBy])]
      : [];
  });
  const many = summaries
    .filter(({ bench, contender }) => bench === "http" && contender === "notices of 20 accounts")
    .toSorted((a, b) => b.perSecond - a.perSecond)[0];
  const heard = many
    ? [atLeast("notices of 20 accounts per second", many.inFlight, many.perSecond, NOTICES_PER_SECOND)]
    : [];
  return [...read, ...heard];
}

/** The last buyer of the flash sale against the one behind a lock, and how long a refusal takes at most. */
export function judgeFlash(sales: readonly Flash[]): Verdict[] {
  const [ours, other] = ["ours", "FOR UPDATE"].map((name) => sales.find((sale) => sale.contender === name));
  if (!ours) return [];
  const { buyers, lastToldMs, refusedP99Ms } = ours;
  const sooner = "flash sale: FOR UPDATE / ours, time until the last buyer is told";
  return [
    ...(other ? [atLeast(sooner, buyers, other.lastToldMs / lastToldMs, FLASH_TIMES_SOONER)] : []),
    ...(refusedP99Ms === null
      ? []
      : [atMost("flash sale: p99 of a refusal, ms", buyers, refusedP99Ms, REFUSAL_P99_MS)]),
  ];
}

/** The buffers of a sale of the millionth card against those of the first. */
export function judgeSlope(slope: Slope | null): Verdict[] {
  return [false, true].flatMap((underOldSnapshot) => {
    const points = (slope?.points ?? []).filter((point) => point.underOldSnapshot === underOldSnapshot);
    const [first, last] = [points.at(0), points.at(-1)];
    if (!first?.buffers || !last?.buffers) return [];
    const name = `buffers of a sale, card ${last.card.toLocaleString("en-US")} / card ${first.card}`;
    const ratio = underOldSnapshot ? `${name}, under an old snapshot` : name;
    return [atMost(ratio, null, last.buffers / first.buffers, SLOPE_MOST)];
  });
}

/** How much of its pace an order keeps while pages are rendered as fast as they can be. */
export function judgePages(pages: PageFigures | null): Verdict[] {
  if (!pages || pages.delays.length === 0) return [];
  return [atLeast("p99 of an order, pages at rest / pages rendered flat out", 8, 1 / slowdownOf(pages), DELAY_SHARE)];
}

/** One line, which begins with whether it is met. */
export function describeVerdict({ ratio, inFlight, measured, expected, isCeiling, isMet }: Verdict): string {
  const at = inFlight === null ? "" : ` at ${inFlight} in flight`;
  const bound = `expected at ${isCeiling ? "most" : "least"} ${expected}`;
  return `${isMet ? "met  " : "SHORT"}  ${ratio}${at}: ${measured.toFixed(2)} (${bound})`;
}

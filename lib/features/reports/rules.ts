/** What a day is counted by, and how its frozen figures are compared and added up. Pure. Amounts of two currencies are never added. */

/** Figures of money, each at the time of its event; `owed` as it stood at the end of the day. */
export const MONEY_FIGURES = [
  "placed",
  "sold",
  "delivered",
  "received",
  "received_direct",
  "unsettled",
  "refunded",
  "refunded_direct",
  "owed",
] as const;

/** How old what is open at the day's end may be, in days: each figure counts what is younger, and the last the rest. */
export const AGE_FIGURES = ["finding_age_1", "finding_age_3", "finding_age_7", "finding_age_more"] as const;

/** Of no merchant: findings are the platform's. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface Figure {
  readonly name: string;
  readonly merchantId: string;
  /** A currency, or a kind of finding. */
  readonly label: string;
  readonly quantity: bigint;
  /** Null: not a figure of money. */
  readonly amountMinor: bigint | null;
}

/** A figure of a closed day that is different now, by how much. */
export interface Correction extends Figure {
  readonly ofDay: string;
}

const keyOf = ({ name, merchantId, label }: Figure): string => `${name} ${merchantId} ${label}`;

const plus = (left: bigint | null, right: bigint | null): bigint | null =>
  left === null && right === null ? null : (left ?? 0n) + (right ?? 0n);

/** Figures of one name, merchant and label added up; in the order of their first appearance. */
export function addFigures(figures: Iterable<Figure>): Figure[] {
  const sums = new Map<string, Figure>();
  for (const figure of figures) {
    const known = sums.get(keyOf(figure));
    sums.set(
      keyOf(figure),
      known
        ? {
            ...known,
            quantity: known.quantity + figure.quantity,
            amountMinor: plus(known.amountMinor, figure.amountMinor),
          }
        : figure,
    );
  }
  return [...sums.values()];
}

/** The same over all merchants. */
export const addMerchants = (figures: readonly Figure[]): Figure[] =>
  addFigures(
    figures.map(({ name, label, quantity, amountMinor }) => ({
      name,
      label,
      quantity,
      amountMinor,
      merchantId: NOBODY,
    })),
  );

/** What must be added to `before` to make `now`; nothing when they agree. */
export function differenceOf(before: readonly Figure[], now: readonly Figure[]): Figure[] {
  const taken = before.map((figure) => ({
    ...figure,
    quantity: -figure.quantity,
    amountMinor: figure.amountMinor === null ? null : -figure.amountMinor,
  }));
  return addFigures([...taken, ...now]).filter(
    ({ quantity, amountMinor }) => quantity !== 0n || (amountMinor ?? 0n) !== 0n,
  );
}

interface ClosedSpan {
  readonly day: string;
  readonly timeZone: string;
  readonly beginsAt: Date;
  readonly endsAt: Date;
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const lineOf = ({ name, merchantId, label, quantity, amountMinor }: Figure): string =>
  [name, merchantId, label, quantity, amountMinor ?? "-"].join("|");

/** The text of a close that is hashed: one line for the day and one for each figure and correction, in the order of their bytes. */
export const canonicalClose = (
  { day, timeZone, beginsAt, endsAt }: ClosedSpan,
  figures: readonly Figure[],
  corrections: readonly Correction[],
): string =>
  [
    `kapu-close-1|${day}|${timeZone}|${beginsAt.toISOString()}|${endsAt.toISOString()}`,
    ...figures.map((figure) => `figure|${lineOf(figure)}`).sort(byText),
    ...corrections.map((correction) => `correction|${correction.ofDay}|${lineOf(correction)}`).sort(byText),
  ].join("\n");

/** What a day or a month leaves to be paid out to a merchant: what came in for him to the platform's accounts, less what went back from them. */
export function duePart(figures: readonly Figure[]): bigint {
  let due = 0n;
  for (const { name, amountMinor } of figures) {
    if (name === "received") due += amountMinor ?? 0n;
    if (name === "refunded") due -= amountMinor ?? 0n;
  }
  return due;
}

/** A figure of a list, in one currency; zero where there is none. */
export function figureOf(
  figures: readonly Figure[],
  name: string,
  label: string,
): { readonly quantity: bigint; readonly amountMinor: bigint } {
  const found = figures.find((figure) => figure.name === name && figure.label === label);
  return { quantity: found?.quantity ?? 0n, amountMinor: found?.amountMinor ?? 0n };
}

/** The currencies of a list of figures, each once, in the order of their letters. */
export const currenciesOf = (figures: readonly Figure[]): string[] =>
  [...new Set(figures.filter(({ amountMinor }) => amountMinor !== null).map(({ label }) => label))].sort(byText);

/** "2026-11" of "2026-11-21". */
export const monthOf = (day: string): string => day.slice(0, 7);

/** "2026-12-01" of "2026-11-30". */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);

/** The first day of a month, and that of the next one. */
export function monthSpan(month: string): { readonly from: string; readonly until: string } {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const next = number === 12 ? [year + 1, 1] : [year, number + 1];
  return { from: `${month}-01`, until: `${next[0]}-${String(next[1]).padStart(2, "0")}-01` };
}

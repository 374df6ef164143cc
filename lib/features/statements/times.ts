const MINUTE_MS = 60_000;
const CHINA_MS = 8 * 3_600_000;

const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48);

const SHANGHAI = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** The last day that was read, and when it began: the rows of a statement are of few days. */
let known = { day: "", from: 0 };

/** Reads "2026-11-19 10:00:00" as the clocks of China showed it, which no statement of China says; null when no clock shows it. */
export function fromShanghai(text: string): number | null {
  if (!SHANGHAI.test(text)) return null;
  const day = text.slice(0, 10);
  if (day !== known.day) {
    const [year, month, date] = [two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8)];
    const from = instantOf([year, month, date, 0, 0, 0], CHINA_MS);
    if (from === null) return null;
    known = { day, from };
  }
  const [hour, minute, second] = [two(text, 11), two(text, 14), two(text, 17)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  return known.from + ((hour * 60 + minute) * 60 + second) * 1_000;
}

type Parts = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** The instant at which a clock this far ahead of UTC shows the parts; null for a day or an hour that does not exist. */
function instantOf([year, month, day, hour, minute, second]: Parts, offsetMs: number): number | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 || year < 2000 || year > 2199)
    return null;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day > daysInMonth ? null : Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs;
}

export const DATE_ORDERS = ["ymd", "dmy", "mdy"] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** The zones that a mapped file may be written in. */
export const ZONES = [
  "Asia/Shanghai",
  "Asia/Hong_Kong",
  "Asia/Singapore",
  "Asia/Tokyo",
  "UTC",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/Los_Angeles",
] as const;
export type Zone = (typeof ZONES)[number];

/** How the times of a file that nobody knows are written. */
export interface TimeGrammar {
  readonly zone: Zone;
  readonly order: DateOrder;
}

const SEPARATED =
  /^(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[T ]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})秒?)?(?:[.,]\d{1,9})?)?(?:\s*(Z|[+-]\d{2}:?\d{2}))?$/;
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d):?(\d\d):?(\d\d))?$/;
const UNIX = /^1\d{9}(\d{3})?$/;

/** A reader of times in the given grammar: pure, and a value or null for every text. A zone that the text names itself wins. */
export function timeReader({ zone, order }: TimeGrammar): (text: string) => number | null {
  const offsets = new Map<number, number>();
  return (text) => {
    if (UNIX.test(text)) return text.length === 10 ? Number(text) * 1000 : Number(text);
    const compact = COMPACT.exec(text);
    const found = compact ?? SEPARATED.exec(text);
    if (!found) return null;
    const day = compact ? dayOf(found, "ymd") : dayOf(found, order);
    if (!day) return null;
    const parts: Parts = [...day, Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0)];
    const stated = compact ? undefined : found[7];
    return stated === undefined ? inZone(parts, zone, offsets) : instantOf(parts, offsetOf(stated));
  };
}

/** The year is where its four digits are; the order decides between the other two where it is not in front. */
function dayOf([, a = "", b = "", c = ""]: RegExpExecArray, order: DateOrder): [number, number, number] | null {
  const [first, second, third] = [Number(a), Number(b), Number(c)];
  if (a.length === 4) return c.length <= 2 ? [first, second, third] : null;
  if (c.length !== 4 || a.length > 2 || order === "ymd") return null;
  return order === "dmy" ? [third, second, first] : [third, first, second];
}

function offsetOf(text: string): number {
  if (text === "Z") return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(-2))];
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

const OFFSETS_KEPT = 10_000;

function inZone(parts: Parts, zone: Zone, offsets: Map<number, number>): number | null {
  const asUtc = instantOf(parts, 0);
  if (asUtc === null || zone === "UTC") return asUtc;
  const hour = Math.floor(asUtc / 3_600_000);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    // The offset at the moment that the clock showed, found by asking twice: the first answer may lie on the other side of a change.
    offset = zoneOffset(zone, asUtc - zoneOffset(zone, asUtc));
    if (offsets.size < OFFSETS_KEPT) offsets.set(hour, offset);
  }
  return asUtc - offset;
}

const FORMATS = new Map<Zone, Intl.DateTimeFormat>();

function zoneOffset(zone: Zone, at: number): number {
  let format = FORMATS.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    FORMATS.set(zone, format);
  }
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  return name === "GMT" ? 0 : offsetOf(name.slice(3));
}

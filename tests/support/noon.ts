/** A zone in which it is about noon, so that no midnight comes in the middle of a test of days. */
export const zoneAtNoon = (): string => zoneAtHour(12);

/** A zone in which this hour of the day has begun. */
export function zoneAtHour(hour: number): string {
  const between = hour - new Date().getUTCHours();
  // Zones go from 11 hours behind to 12 ahead.
  const ahead = between > 12 ? between - 24 : between;
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

/** "2026-11-21" in a zone. */
export const dayIn = (timeZone: string, at: Date): string => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);

/** A zone in which it is about noon, so that no midnight comes in the middle of a test of days. */
export function zoneAtNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

/** "2026-11-21" in a zone. */
export const dayIn = (timeZone: string, at: Date): string => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);

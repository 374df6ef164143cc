import { isLoopback } from "./raw-http";

/**
 * An address that a gateway gave us for the buyer, or null when nobody may be sent there: only http(s), never a script, and without
 * encryption only where the gateway itself is on this machine.
 */
export function httpUrlOf(text: string, baseUrl: string): string | null {
  if (text.length > 2_048 || !/^https?:\/\/[^\s<>"'\\]+$/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username || url.password) return null;
  return url.protocol === "https:" || isLoopback(new URL(baseUrl)) ? url.href : null;
}

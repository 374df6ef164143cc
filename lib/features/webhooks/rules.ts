/** What an address can be told of, and when it is told again. Pure. */

/** What a merchant's program may want to hear of: whatever has happened to an order, or to the stock of a variant, by its id alone. */
export const WEBHOOK_KINDS = [
  "order.placed",
  "order.delivered",
  "order.owed",
  "order.expired",
  "card.replaced",
  "refund.requested",
  "refund.succeeded",
  "refund.failed",
  "refund.cancelled",
  "stock.low",
  "stock.filled_up",
] as const;

/** The event by which a person tries an address out. */
export const PING = "webhook.test";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds until the next try, after so many: quick at first, then for three days, as Standard Webhooks advises. */
const PAUSES = [5, 30, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR] as const;

export const WEBHOOK_TRIES_MAX = PAUSES.length + 1;

/** How long to wait after the n-th failed try, up to a fifth longer, so that a receiver that comes back is not run over; null: give up. */
export function pauseAfter(tries: number, random: number): number | null {
  const pause = PAUSES[tries - 1];
  return pause === undefined ? null : Math.round(pause * (1 + random / 5));
}

/** The body of an event: what happened, when, and the id to ask for more by. Never a secret, an e-mail address or an amount. */
export const webhookBody = ({
  kind,
  happenedAt,
  subjectId,
}: {
  kind: string;
  happenedAt: Date;
  /** Of the order or of the variant; null: a test. */
  subjectId: string | null;
}) =>
  JSON.stringify({
    type: kind,
    timestamp: happenedAt.toISOString(),
    data: subjectId === null ? {} : { id: subjectId },
  });

/** Only what says that it was received counts: a page that answers everything with a redirect has received nothing. */
export const isReceived = (status: number): boolean => status >= 200 && status < 300;

/** Whether an address may be called at all: https, without a name and password in it, and on this machine only where the shop itself is. */
export function isCallable(text: string, { isLocalShop }: { isLocalShop: boolean }): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === "https:" || (isLocalShop && protocol === "http:");
}

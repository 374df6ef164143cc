/** What a card can be; in the order in which it comes to be. */
export const CARD_STATES = ["draft", "available", "quarantined", "reserved", "delivered", "withdrawn"] as const;
/** What may be done with many cards at once. */
export const VAULT_MOVES = ["quarantine", "restore", "withdraw", "transfer"] as const;
export const VAULT_SORTS = ["new", "old", "expiry"] as const;

/** Where a page of the vault ended: the batch (or the moment of expiry) and the card after which the next one begins. */
export interface VaultCursor {
  /** The number of the batch, or milliseconds, as the order goes. */
  readonly place: bigint;
  readonly cardId: string;
}

const CURSOR = /^(\d{1,18})-([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** A cursor as an address carries it. */
export const writeCursor = ({ place, cardId }: VaultCursor): string => `${place}-${cardId.replaceAll("-", "")}`;

/** The cursor that an address carries, or null. */
export function readCursor(text: string): VaultCursor | null {
  const found = CURSOR.exec(text);
  if (!found) return null;
  const [, place = "0", ...parts] = found;
  return { place: BigInt(place), cardId: parts.join("-") };
}

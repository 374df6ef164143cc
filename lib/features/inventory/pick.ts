/**
 * `card.pick` is the day of expiry above a 43-bit sequence, as the import writes it. Below this number are the cards that expire, the
 * soonest first; from it on those that never do.
 */
export const NEVER_PICK = 1_048_575n << 43n;

/**
 * Turned in the `pick` of a card that buyers choose themselves: below zero, with the soonest to expire first, as above it. Whatever takes
 * cards that nobody chose begins at zero.
 */
export const CHOSEN_BIT = -(1n << 63n);

/** When a stock is low, and when it is not any more. Pure. */

/** From so many on a warning is over: more than it was given at, so that a stock which hovers at the bound is told of once. */
export const clearBound = (lowBelow: number, clearAt: number | null): number =>
  Math.max(clearAt ?? lowBelow * 2, lowBelow + 1);

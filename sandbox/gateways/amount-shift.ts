/** The amount that a buyer is asked for, so that it is his alone among those who are asked now: cents more, or less, than the price. */
export function shiftedFen(fen: bigint, taken: ReadonlySet<bigint>, direction: "up" | "down"): bigint | null {
  const step = direction === "up" ? 1n : -1n;
  let asked = fen;
  while (taken.has(asked)) asked += step;
  return asked > 0n ? asked : null;
}

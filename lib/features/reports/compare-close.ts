import type { Db, Tx } from "@/lib/platform/db";
import { readDaySums } from "./day-sums";
import { addFigures, differenceOf, type Figure } from "./rules";
import { type Close, readCorrectionsOf, readFrozen } from "./store";

/**
 * What of a closed day is different now from its frozen figures and all corrections of them: nothing, unless somebody changed rows of the
 * past by hand, or gave an account to somebody else.
 */
export async function compareClose(db: Db | Tx, close: Close): Promise<Figure[]> {
  const frozen = await readFrozen(db, close.day);
  const corrections = await readCorrectionsOf(db, close.day);
  const known = corrections.map(({ day: _in, ofDay: _of, ...figure }) => figure);
  return differenceOf(addFigures([...frozen, ...known]), await readDaySums(db, close));
}

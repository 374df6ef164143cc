import type { Bug } from "./bug";
import { lifeBugs } from "./life-bugs";
import { moneyBugs } from "./money-bugs";
import { quotaBugs } from "./quota-bugs";
import { refundBugs } from "./refund-bugs";
import { secrecyBugs } from "./secrecy-bugs";
import { settlingBugs } from "./settling-bugs";
import { staffBugs } from "./staff-bugs";
import { stockBugs } from "./stock-bugs";
import { watchBugs } from "./watch-bugs";

/** Every planted bug. The product contains none of them: they are put into a build of their own while it is made. */
export const BUGS: readonly Bug[] = [
  ...stockBugs,
  ...moneyBugs,
  ...refundBugs,
  ...secrecyBugs,
  ...staffBugs,
  ...settlingBugs,
  ...lifeBugs,
  ...watchBugs,
  ...quotaBugs,
];

export const bugNamed = (name: string): Bug | undefined => BUGS.find((bug) => bug.name === name);

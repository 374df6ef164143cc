import { expect, test } from "vitest";
import { ACTIONS } from "../support/walk-actions";
import { actionsOnDisk, pagesOnDisk, routesOnDisk } from "../support/walk-inventory";
import { PAGES, ROUTES } from "../support/walk-table";

/**
 * tests/e2e/walk.spec.ts tries another merchant's ids on everything that the tables name. What they do not name it cannot try: so that a
 * page, a route or an action that is new fails here until it has its row, and one that is gone until its row is.
 */
const HOW = {
  page: `Give it a row in PAGES of tests/support/walk-table.ts: page(<who may open it>, <its address with the owner's ids>).
    OPEN anybody · OWN a merchant's list · FOREIGN a merchant's thing by its id · ADMINS an admin's page, for example
      "/merchant/parcels/[id]": page(FOREIGN, (f) => \`/merchant/parcels/\${publicId("par", f.parcel)}\`)
    An id of a new kind comes from \`findForeign\` of tests/support/walk-foreign.ts.`,
  route: `Give it a row in ROUTES of tests/support/walk-table.ts, with the status that each of WALKERS hears in turn, or "for anybody"
    where it names nothing that could be another's.`,
  action: `Give it a row in ACTIONS of tests/support/walk-actions.ts: forAdmins(fields), foreign(fields) for a merchant's thing,
    staff(fields) where it names nothing of another's, "for anybody" on a buyer's page; asksAgain(row) where it needs a step-up.`,
};

test.each([
  ["page", Object.keys(PAGES), pagesOnDisk()],
  ["route", Object.keys(ROUTES), routesOnDisk()],
  ["action", Object.keys(ACTIONS), actionsOnDisk()],
] as const)("every %s is walked with another merchant's ids", (kind, rows, onDisk) => {
  expect(onDisk.length).toBeGreaterThan(10);
  const missing = onDisk.filter((name) => !rows.includes(name));
  expect(missing, `Not in the walk: ${missing.join(", ")}\n${HOW[kind]}`).toEqual([]);
  const gone = rows.filter((name) => !onDisk.includes(name));
  expect(gone, `In the walk and no longer there: ${gone.join(", ")}\nTake the row out.`).toEqual([]);
});

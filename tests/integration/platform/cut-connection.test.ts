import { createDb, type Db } from "@/lib/platform/db";
import { isOutage } from "@/lib/platform/outage";
import { openBadLine } from "../../support/bad-line";
import { expect, test } from "../../support/test";

const ask = (db: Db) => db.$transaction((tx) => tx.$queryRaw`SELECT 1 AS one`).catch((error: unknown) => error);

test("a connection that is cut as it is handed to its owner costs an answer, and never the process", async ({
  database,
}) => {
  const line = await openBadLine(database);
  const db = createDb(line.urls.app, () => {}, 1);
  line.weather = "cut when ready";
  expect(isOutage(await ask(db))).toBe(true);
  expect(line.eaten).toBe(1);
  line.weather = "clear";
  expect(await ask(db)).toEqual([{ one: 1 }]);
  await db.$disconnect();
  await line.stop();
});

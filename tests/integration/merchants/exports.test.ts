import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findExport, listExports, requestExport } from "@/lib/features/merchants/exports";
import { ExportForm } from "@/lib/features/merchants/schema";
import { exportPath, writeExport } from "@/lib/flows/write-export";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { createDatabase, type TestDatabase } from "../../support/database";
import { proven } from "../../support/proven";
import { openDeps, openShop, type Stocked, type TestShop } from "../../support/shop";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { memberOf, newAdmin, newMerchant } from "./shops";

let database: TestDatabase;
let shop: TestShop;
let other: Deps;
let stocked: Stocked;
let owner: Viewer;
let stranger: Viewer;
let folder: string;

beforeAll(async () => {
  database = await createDatabase();
  folder = makeTemporaryFolder("exports");
  shop = await openShop(database, { KAPU_DATA_DIR: folder });
  other = openDeps(database, { KAPU_DATA_DIR: folder });
  stocked = await shop.stock({ cards: 9 });
  owner = await memberOf(shop.deps, stocked.merchantId);
  stranger = await newMerchant(shop.deps);
  const paid = await shop.place(stocked.variantId, { email: "=cmd@example.com" });
  await shop.pay(paid);
  await shop.place(stocked.variantId, { email: "second@example.com" });
});
afterAll(async () => {
  await closeDeps(other);
  await shop.close();
  await database.drop();
  removeFolder(folder);
});

async function ask(viewer: Viewer, fields: Record<string, string> = {}) {
  const form = ExportForm.parse({ q: "", status: "", exception: "", from: "", to: "", format: "csv", ...fields });
  const asked = await requestExport(shop.deps, proven(viewer), { ...form, locale: "zh" });
  if (!asked.ok) throw new Error(asked.error);
  return asked.value.exportId;
}
const textOf = async (viewer: Viewer, id: string) => {
  const file = await findExport(shop.deps, viewer, id);
  return file ? readFileSync(exportPath(shop.deps, file), "utf8") : null;
};

test("a file holds what the list showed, nothing that computes, and no card", async () => {
  const id = await ask(owner);
  expect(await writeExport(shop.deps)).toBe(1);
  const text = (await textOf(owner, id)) ?? "";
  expect(text.trim().split("\r\n")).toHaveLength(3);
  expect(text).toContain(`"'=cmd@example.com"`);
  expect(text).toContain('"10.00","CNY"');
  for (const secret of stocked.secrets) expect(text).not.toContain(secret);
  const delivered = await ask(owner, { status: "delivered" });
  await writeExport(shop.deps);
  expect(((await textOf(owner, delivered)) ?? "").trim().split("\r\n")).toHaveLength(2);
  expect(await listExports(shop.deps, owner)).toMatchObject([
    { state: "done", rowCount: 1 },
    { state: "done", rowCount: 2 },
  ]);
});

test("a file is its own person's: a stranger's is empty, and neither he nor an admin gets another's", async () => {
  const id = await ask(stranger);
  await writeExport(shop.deps);
  expect(((await textOf(stranger, id)) ?? "").trim().split("\r\n")).toHaveLength(1);
  const mine = await ask(owner);
  await writeExport(shop.deps);
  expect(await textOf(stranger, mine)).toBeNull();
  expect(await textOf(await newAdmin(shop.deps), mine)).toBeNull();
});

test("two processes write it once, and one that was killed in the middle leaves it to the other, whole", async () => {
  const id = await ask(owner);
  expect((await Promise.all([writeExport(shop.deps), writeExport(other)])).sort()).toEqual([0, 1]);
  const again = await ask(owner);
  // Taken by a process that is killed then: its lease is there, its file is not.
  await shop.rows(
    "UPDATE export_file SET tries = 1, leased_until = clock_timestamp() + interval '1 minute' WHERE id = $1",
    [again],
  );
  expect(await writeExport(other)).toBe(0);
  expect(await textOf(owner, again)).toBeNull();
  await shop.rows("UPDATE export_file SET leased_until = clock_timestamp() - interval '1 second' WHERE id = $1", [
    again,
  ]);
  expect(await writeExport(other)).toBe(1);
  expect(await textOf(owner, again)).toBe(await textOf(owner, id));
  expect(readdirSync(path.join(folder, "exports")).filter((name) => /\.\d$/.test(name))).toEqual([]);
});

test("what fails again and again is given up, and what is old is gone from the disk", async () => {
  const hopeless = await ask(owner);
  await shop.rows(
    "UPDATE export_file SET tries = 3, leased_until = clock_timestamp() - interval '1 second' WHERE id = $1",
    [hopeless],
  );
  expect(await writeExport(shop.deps)).toBe(0);
  expect((await listExports(shop.deps, owner))[0]).toMatchObject({ id: hopeless, state: "failed" });
  const id = await ask(owner);
  await writeExport(shop.deps);
  const file = await findExport(shop.deps, owner, id);
  await shop.rows("UPDATE export_file SET finished_at = finished_at - interval '2 days' WHERE id = $1", [id]);
  await writeExport(shop.deps);
  expect(await findExport(shop.deps, owner, id)).toBeNull();
  expect(existsSync(exportPath(shop.deps, file!))).toBe(false);
});

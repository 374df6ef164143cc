import { expect } from "vitest";
import { runAudit } from "@/lib/features/audit";
import type { DatabaseUrls } from "@/lib/platform/database-urls";

/** The last line of every integration test: the shop's rows keep every invariant, judged as the nightly audit does. */
export async function expectInvariants(urls: Pick<DatabaseUrls, "audit">): Promise<void> {
  const { results } = await runAudit(urls.audit);
  const broken = results
    .filter((result) => !result.ok)
    .map(({ id, name, rows, failure }) => ({ id, name, rows, failure }));
  expect(broken).toEqual([]);
}

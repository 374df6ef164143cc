import pg from "pg";
import { describe, expect, test } from "vitest";
import { isOutage } from "@/lib/platform/outage";

describe("an outage", () => {
  test("is a query on a connection that was closed under it", async () => {
    const client = new pg.Client({ host: "127.0.0.1", port: 1 });
    client.on("error", () => {});
    await expect(client.connect()).rejects.toSatisfy(isOutage);
    await client.end().catch(() => {});
    const error: unknown = await client.query("SELECT 1").catch((reason: unknown) => reason);
    expect(String(error)).toContain("not queryable");
    expect(isOutage(error)).toBe(true);
  });

  test("is a connection that failed between two queries of a transaction, in the driver's words", () => {
    const told = new Error("Client has encountered a connection error and is not queryable");
    expect(isOutage(told)).toBe(true);
    expect(isOutage(new Error("wrapped", { cause: told }))).toBe(true);
  });

  test("is not a question that the database understood and refused", () => {
    expect(isOutage(Object.assign(new Error("duplicate key"), { code: "23505" }))).toBe(false);
  });
});

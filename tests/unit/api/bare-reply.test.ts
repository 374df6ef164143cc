import { Hono } from "hono";
import { expect, test } from "vitest";
import { type ApiBindings, send, textReply } from "@/lib/api/http";

/** A host that only speaks fetch, as the pages' own mount does. */
const hostOf = (status: number) =>
  new Hono<ApiBindings>().get("/", (c) => send(c, textReply(status, "", { "Content-Type": "application/json" })));

test("an answer that has no body by its status is sent, in a host that only speaks fetch too", async () => {
  for (const status of [204, 304]) expect((await hostOf(status).request("/")).status).toBe(status);
});

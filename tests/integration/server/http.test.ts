import { createServer } from "node:http";
import { expect, test } from "vitest";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { startHttp } from "@/server/http";

test("a stop answers what is under way, also on a connection that is kept alive, and then closes", async () => {
  const port = await findFreePort();
  let answer: () => void = () => {};
  let hasArrived: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    hasArrived = resolve;
  });
  const server = createServer((_request, response) => {
    hasArrived();
    answer = () => response.end("done");
  });
  const http = await startHttp(port, { server, beginClosing: () => {} });
  const reply = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
  await arrived;
  const startedAt = performance.now();
  const stopped = http.stop();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  answer();
  expect(await reply).toBe("done");
  await stopped;
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

import type { Server } from "node:http";
import { createServer as createProbe } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "@/lib/kernel/limits";
import { EnvError } from "@/lib/platform/env";
import type { Lane } from "./lane";
import type { Part } from "./lifecycle";

const portIsTaken = (port: number) =>
  new EnvError(`Port ${port} is in use by another program: stop that one, or set PORT to another number.`);

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EADDRINUSE";

/** Throws the one sentence about a busy port before anything slow was started. */
export function requireFreePort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createProbe();
    probe.once("error", (error) => reject(isTaken(error) ? portIsTaken(port) : error));
    probe.listen(port, () => probe.close(() => resolve()));
  });
}

/** Serves requests until it is stopped. */
export async function startHttp(port: number, { server, beginClosing }: Lane): Promise<Part> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(isTaken(error) ? portIsTaken(port) : error));
    server.listen(port, () => resolve());
  });
  const stop = (): Promise<void> => {
    beginClosing();
    return drain(server);
  };
  return { name: "http", stop };
}

/** No new connections; requests under way are answered within the grace, then cut. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const startedAt = performance.now();
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  while (!isClosed && performance.now() - startedAt < limits.stopGraceMs) {
    server.closeIdleConnections(); // A connection that was answering a moment ago is idle now and would stay open.
    await Promise.race([closed, sleep(50)]);
  }
  server.closeAllConnections();
  await closed;
}

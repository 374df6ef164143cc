import { createServer } from "node:http";
import path from "node:path";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import next from "next";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { provideDatabaseUrls } from "@/lib/platform/database-urls";
import { type Deps, provideDeps } from "@/lib/platform/deps";
import { createLane } from "@/server/lane";
import { startPages } from "@/server/pages";
import { openDeps, SHOP_VARIABLES } from "./shop";

export interface ServeOrder {
  readonly urls: DatabaseUrls;
  readonly port: number;
  readonly variantId: string;
  /** The shop's own pages; without it, only the lane and what it is compared with. */
  readonly pages?: "shop";
}

/** The lane and the pages as `npm start` serves them, without the jobs that would work beside the measurement. */
async function serveShop(deps: Deps, { urls, port }: ServeOrder): Promise<void> {
  Object.assign(process.env, SHOP_VARIABLES, { DATABASE_URL: urls.app });
  const pages = await startPages({ urls, log: deps.log });
  const { server } = createLane(deps, pages.render);
  server.listen(port, "127.0.0.1", () => process.send?.("ready"));
}

/**
 * The shop's lane as it is shipped, and beside it in the same process what it is compared with. The shop's own server has none
 * of these addresses: they exist in this entry point only.
 */
export async function serve(order: ServeOrder): Promise<void> {
  const { urls, port, variantId } = order;
  process.on("disconnect", () => process.exit(0));
  provideDatabaseUrls(urls);
  const deps = openDeps(urls, "stdout");
  provideDeps(deps);
  if (order.pages) return serveShop(deps, order);
  const yardstick = new Hono();
  yardstick.post("/bench/noop", async (c) => {
    await c.req.json();
    return c.json({ ok: true }, 201);
  });
  yardstick.post("/bench/select", async (c) => {
    await c.req.json();
    const rows = await deps.hot.$queryRaw<
      unknown[]
    >`SELECT price_minor::text AS price FROM variant WHERE id = ${variantId}::uuid`;
    return c.json({ ok: rows.length === 1 }, 201);
  });
  const compared = getRequestListener(yardstick.fetch, { overrideGlobalObjects: false });
  const lane = createLane(deps, null).server;
  const pages = next({ dev: false, dir: path.resolve("bench/noop-next"), customServer: true, port });
  await pages.prepare();
  const renderPage = pages.getRequestHandler();
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/bench/")) void compared(request, response);
    else if (request.url === "/noop") void renderPage(request, response);
    else lane.emit("request", request, response);
  });
  server.listen(port, "127.0.0.1", () => process.send?.("ready"));
}

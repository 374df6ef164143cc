import next from "next";
import type { PageHandler } from "./page-cache";

/** The lane of Next.js: every page and server action, from the build in `.next`. */
export async function startPages(port: number): Promise<PageHandler> {
  const app = next({ dev: false, dir: process.cwd(), port, customServer: true });
  await app.prepare();
  return app.getRequestHandler();
}

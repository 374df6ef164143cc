import type { RequestListener } from "node:http";
import next from "next";

/** The lane of Next.js: every page and server action, from the build in `.next`. */
export async function startPages(port: number): Promise<RequestListener> {
  const app = next({ dev: false, dir: process.cwd(), port, customServer: true });
  await app.prepare();
  return app.getRequestHandler();
}

import next from "next";
import { withPageResponse } from "@/lib/entry/page-response";
import type { PageHandler } from "./page-cache";

/** The lane of Next.js: every page and server action, from the build in `.next`. */
export async function startPages(port: number): Promise<PageHandler> {
  const app = next({ dev: false, dir: process.cwd(), port, customServer: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  return (request, response) => withPageResponse(response, () => handle(request, response));
}

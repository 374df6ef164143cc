import type { Deps } from "@/lib/platform/deps";
import type { ApiContext } from "./http";

/** One address of the API. Hono matches the path; the document describes it; a test compares the two lists. */
export interface Route {
  readonly method: "GET" | "POST";
  /** In Hono's spelling: `/api/v1/orders/:id`. */
  readonly path: string;
  readonly answer: (c: ApiContext, deps: Deps) => Response | Promise<Response>;
}

import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import { singleton } from "@/lib/platform/singleton";

const place = () => singleton("page-response", () => new AsyncLocalStorage<ServerResponse>());

/** Runs `render` so that the page it renders can reach the answer it becomes: Next itself shows a page no status to set. */
export const withPageResponse = <T>(response: ServerResponse, render: () => T): T => place().run(response, render);

/** The answer that the page being rendered becomes; null on a host without our own server. */
export const currentPageResponse = (): ServerResponse | null => place().getStore() ?? null;

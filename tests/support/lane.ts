import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Deps } from "@/lib/platform/deps";
import { createLane } from "@/server/lane";
import type { PageHandler } from "@/server/page-cache";

/** Our own HTTP server in the test's process, on a free port. */
export interface TestLane {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Opens both lanes; without pages everything but the first lane is 404. */
export async function openLane(deps: Deps, pages: PageHandler | null = null): Promise<TestLane> {
  const lane = createLane(deps, pages);
  lane.server.listen(0, "127.0.0.1");
  await once(lane.server, "listening");
  const { port } = lane.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = once(lane.server, "close");
      lane.beginClosing();
      lane.server.close();
      lane.server.closeAllConnections();
      await closed;
    },
  };
}

import { ADMIN } from "./admin";
import { spawnServer } from "./server";
import { removeFolder, sweepKilledRuns } from "./temporary-folder";

/** One real shop for all journeys, as a stranger gets it: embedded database, demo, sandbox gateway. */
export default async function openShop(): Promise<() => Promise<void>> {
  sweepKilledRuns();
  const server = await spawnServer({
    env: { KAPU_DEMO: "1", KAPU_ADMIN_EMAIL: ADMIN.email, KAPU_ADMIN_PASSWORD: ADMIN.password },
  });
  process.env.KAPU_TEST_SHOP_URL = server.url;
  process.env.KAPU_TEST_SHOP_DATA = server.dataDir;
  return async () => {
    await server.end("SIGTERM");
    removeFolder(server.dataDir);
  };
}

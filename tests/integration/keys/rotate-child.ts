import { setTimeout as sleep } from "node:timers/promises";
import { rotateKeys } from "@/lib/flows/rotate-keys";
import { closeDeps } from "@/lib/platform/deps";
import { openDeps } from "../../support/shop";

/** A process of its own that rotates and tells how far it is, so that a test can kill it on the way. */
const [urls, env] = process.argv.slice(2) as [string, string];
const deps = openDeps(JSON.parse(urls), JSON.parse(env));
await rotateKeys(deps, async (changed) => {
  process.stdout.write(`${changed}\n`);
  await sleep(200);
});
await closeDeps(deps);

import { endOfImports, runImports } from "@/lib/flows/run-imports";
import { closeDeps } from "@/lib/platform/deps";
import { setBounds } from "../../support/bounds";
import { openDeps } from "../../support/shop";

/** A process of its own that works imports until it is killed or told to stop, so that a test can do either on the way. */
const [urls, chunk] = process.argv.slice(2) as [string, string];
setBounds({ importCardsPerChunk: Number(chunk) });
const deps = openDeps(JSON.parse(urls));
let isStopping = false;
process.on("SIGTERM", () => {
  isStopping = true;
});
process.stdout.write("ready\n");
for (let round = 0; round < 3_000 && !isStopping; round += 1) {
  await runImports(deps);
  await new Promise((wake) => setTimeout(wake, 100));
}
await endOfImports(deps);
await closeDeps(deps);

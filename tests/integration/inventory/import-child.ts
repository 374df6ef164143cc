import { importCards } from "@/lib/flows/import-cards";
import { closeDeps } from "@/lib/platform/deps";
import { setBounds } from "../../support/bounds";
import { openDeps } from "../../support/shop";
import { cardFile } from "./card-file";

/** A process of its own that imports and tells how far it is, so that a test can kill it on the way. */
const [urls, variantId, lines, pauseMs, chunk] = process.argv.slice(2) as [string, string, string, string, string];
setBounds({ importCardsPerChunk: Number(chunk) });
const deps = openDeps(JSON.parse(urls));
const result = await importCards(deps, {
  variantId,
  merchantId: null,
  source: cardFile(Number(lines), { pauseMs: Number(pauseMs) }),
  actor: { kind: "command_line" },
  publish: true,
  onProgress: (report) => void process.stdout.write(`${report.lines}\n`),
});
process.stdout.write(`${JSON.stringify(result)}\n`);
await closeDeps(deps);

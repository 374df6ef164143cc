import { closeDeps } from "@/lib/platform/deps";
import { wechatBill } from "@/sandbox/gateways/large-bill";
import { setBounds } from "../../support/bounds";
import { openDeps } from "../../support/shop";
import { upload } from "./statement-shop";

/** A process of its own that stores a statement, so that a test can kill it on the way. */
const [urls, userId, rows, pauseMs, chunk] = process.argv.slice(2) as [string, string, string, string, string];
setBounds({ statementRowsPerChunk: Number(chunk) });
const deps = openDeps(JSON.parse(urls));
const result = await upload(
  deps,
  { kind: "admin", userId },
  wechatBill(Number(rows), { pauseMs: Number(pauseMs) }),
  "wx15",
);
process.stdout.write(`${JSON.stringify(result)}\n`);
await closeDeps(deps);

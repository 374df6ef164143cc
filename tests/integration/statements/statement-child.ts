import { closeDeps } from "@/lib/platform/deps";
import { wechatBill } from "@/sandbox/gateways/large-bill";
import { openDeps } from "../../support/shop";
import { upload } from "./statement-shop";

/** A process of its own that stores a statement, so that a test can kill it on the way. */
const [urls, userId, rows] = process.argv.slice(2) as [string, string, string];
const deps = openDeps(JSON.parse(urls));
const result = await upload(deps, { kind: "admin", userId }, wechatBill(Number(rows)), "wx15");
process.stdout.write(`${JSON.stringify(result)}\n`);
await closeDeps(deps);

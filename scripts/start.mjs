import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.stdout.write("Kapu 卡铺\n");
await prepare({ out: process.stdout, withPages: true });
// In this very process, so that whoever ends it ends the shop.
await import(pathToFileURL(programFile("server")).href);

import { prepare } from "./prepare.mjs";

await prepare({ out: process.stdout, withPages: true });

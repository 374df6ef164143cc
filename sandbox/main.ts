import { fstatSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type HousePlan, startDemoHouse } from "./gateways/demo-house";
import { startSandbox } from "./server";

const USAGE =
  "sandbox --pid P --key-file F --state FILE [--house FILE] [--port N] [--shop-origin URL] [--speed X] [--allow-any-host]";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    pid: { type: "string" },
    "key-file": { type: "string" },
    state: { type: "string" },
    house: { type: "string" },
    "shop-origin": { type: "string" },
    speed: { type: "string", default: "1" },
    "allow-any-host": { type: "boolean", default: false },
  },
});
const { pid, "key-file": keyFile, state: stateFile, "shop-origin": shopOrigin } = values;
const [port, speed] = [Number(values.port), Number(values.speed)];
if (!pid || !keyFile || !stateFile || !Number.isInteger(port) || !(speed > 0)) {
  console.error(USAGE);
  process.exit(2);
}

const key = readFileSync(keyFile, "utf8").trim();
const sandbox = await startSandbox({
  port,
  pid,
  key,
  stateFile,
  shopOrigin,
  speed,
  mayCallAnyHost: values["allow-any-host"],
}).catch(giveUp);
const house = values.house
  ? await startDemoHouse(
      JSON.parse(readFileSync(values.house, "utf8")) as HousePlan,
      shopOrigin ?? "http://127.0.0.1",
    ).catch(giveUp)
  : null;

function giveUp(error: Error): never {
  console.error(`The sandbox gateway cannot start: ${error.message}`);
  process.exit(1);
}

let isStopping = false;
function stop(): void {
  if (isStopping) return;
  isStopping = true;
  Promise.all([sandbox.stop(), house?.stop()]).finally(() => process.exit(0));
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);

// It lives no longer than who started it: by the IPC channel when there is one, else by a piped standard input.
if (process.send) process.on("disconnect", stop);
else if (isPiped()) process.stdin.on("end", stop).on("error", stop).resume();

console.log(JSON.stringify({ event: "sandbox.ready", url: sandbox.url }));
process.send?.({ event: "sandbox.ready", url: sandbox.url });

/** A terminal or /dev/null says nothing about a parent. */
function isPiped(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}

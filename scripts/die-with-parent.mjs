// Loaded into a child by `node --import`. Its standard input is a pipe that only the parent holds: when the parent is gone,
// even by kill -9, the pipe ends and so does the child, instead of building on beside the next start. The child's own
// workers inherit the option; one whose input is not a pipe is left alone.
import { fstatSync } from "node:fs";
import process from "node:process";

function isPiped() {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}

if (isPiped()) {
  process.stdin.on("end", () => process.exit(1));
  process.stdin.on("error", () => process.exit(1));
  process.stdin.resume();
  process.stdin.unref();
}

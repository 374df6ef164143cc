/** Stops the program at a state that the rules exclude; never used for input from outside. */
export function assert(condition: unknown, message = "impossible state"): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Makes the compiler prove that a switch names every case. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}

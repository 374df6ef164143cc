import { limits } from "@/lib/kernel/limits";

type Bounds = { -readonly [Name in keyof typeof limits]?: number };

/**
 * Sets bounds of the shop for this process, so that a small file has as many chunks as a large one; returns how to put them back.
 * Test files of one worker share a process, so whoever lowers a bound puts it back.
 */
export function setBounds(bounds: Bounds): () => void {
  const usual = Object.fromEntries(Object.keys(bounds).map((name) => [name, limits[name as keyof typeof limits]]));
  Object.assign(limits, bounds);
  return () => void Object.assign(limits, usual);
}

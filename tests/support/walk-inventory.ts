import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What there is to walk, from the files themselves: whatever somebody adds is here before anybody thinks of it. */
const root = path.resolve(import.meta.dirname, "../..");
const APP = path.join(root, "app");
const LANE = path.join(root, "lib/api/routes");

const files = readdirSync(APP, { recursive: true, encoding: "utf8" });
const named = (name: string): readonly string[] => files.filter((file) => path.basename(file) === name);
const isGroup = (part: string): boolean => /^\(.*\)$/.test(part);

/** "/merchant/batches/[id]" for any file of that folder: neither the language nor the groups are part of it. */
export const patternOf = (file: string): string =>
  path
    .dirname(file)
    .split(path.sep)
    .filter((part) => part !== "." && part !== "[locale]" && !isGroup(part))
    .map((part) => `/${part}`)
    .join("");

const matches = (file: string, pattern: RegExp): readonly string[] =>
  [...readFileSync(file, "utf8").matchAll(pattern)].map(([, name]) => name as string);

const METHOD = /\b(?:as|function|export const) (GET|HEAD|POST|PUT|PATCH|DELETE)\b/g;
const ACTION = /^export (?:const|async function) (\w+)/gm;

/** Every page by its pattern. */
export const pagesOnDisk = (): string[] => named("page.tsx").map(patternOf).sort();

/** Every route handler of the pages and every route of the lane, as "GET /api/…". */
export function routesOnDisk(): string[] {
  const ofPages = named("route.ts")
    // The lane itself, once more, for hosts that run Next alone.
    .filter((file) => !file.includes("[[...route]]"))
    .flatMap((file) =>
      [...new Set(matches(path.join(APP, file), METHOD))].map((method) => `${method} ${patternOf(file) || "/"}`),
    );
  const ofLane = readdirSync(LANE).flatMap((file) =>
    [...readFileSync(path.join(LANE, file), "utf8").matchAll(/method: "([A-Z]+)",\s*path: "([^"]+)"/g)].map(
      ([, method, route]) => `${method} ${route}`,
    ),
  );
  return [...ofPages, ...ofLane].sort();
}

/** Every server action by its name. */
export const actionsOnDisk = (): string[] =>
  named("actions.ts")
    .flatMap((file) => matches(path.join(APP, file), ACTION))
    .sort();

import { existsSync } from "node:fs";

/** Chromium without a window: the same engine, at two thirds of the work. */
const SHELL = "/usr/bin/chromium-headless-shell";

/** The system's own browsers, best first: a download would fail where only package registries are in reach. */
const BROWSERS = [
  SHELL,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that the tests drive: CHROMIUM_PATH, else the first that is there; undefined when none is. */
export const findBrowser = () => [process.env.CHROMIUM_PATH, ...BROWSERS].find((file) => file && existsSync(file));

export const hasFastBrowser = () => Boolean(process.env.CHROMIUM_PATH) || existsSync(SHELL);

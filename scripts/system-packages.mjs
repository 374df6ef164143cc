import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run, step } from "./steps.mjs";

const CHROMIUM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const answers = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
const hasChineseFont = () => (spawnSync("fc-list", [":lang=zh"], { encoding: "utf8" }).stdout ?? "").trim() !== "";

/** What the tests need from the system, how to see that it is there, and Debian's name for it. */
const NEEDS = [
  { what: "redis-server", debian: "redis-server", isThere: () => answers("redis-server", "--version") },
  {
    what: "Chromium (or CHROMIUM_PATH)",
    debian: "chromium",
    isThere: () => [process.env.CHROMIUM_PATH, ...CHROMIUM].some((file) => file && existsSync(file)),
  },
  {
    what: "a Chinese font",
    debian: "fonts-noto-cjk",
    isThere: () => process.platform === "darwin" || hasChineseFont(),
  },
];

/**
 * Installs what is missing where it may: Debian's packages, as root or by a sudo that asks nothing. Elsewhere throws one
 * sentence that says what to install; no test is left out for it.
 */
export async function ensureSystemPackages(out) {
  const missing = NEEDS.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  const names = missing.map(({ debian }) => debian);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const mayInstall = answers("apt-get", "--version") && (asRoot.length === 0 || answers("sudo", "-n", "true"));
  const plea = `The tests need ${missing.map(({ what }) => what).join(", ")}: install what your system calls it (Debian: apt-get install ${names.join(" ")}).`;
  if (!mayInstall) throw new Error(plea);
  await step(`Installing ${names.join(", ")}`, out, async () => {
    const [command, ...args] = [...asRoot, "apt-get"];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run(command, [...args, "-q", "update"], { env });
    await run(command, [...args, "-q", "install", "-y", "--no-install-recommends", ...names, "fontconfig"], { env });
  });
  const still = NEEDS.filter(({ isThere }) => !isThere());
  if (still.length > 0) throw new Error(plea);
}

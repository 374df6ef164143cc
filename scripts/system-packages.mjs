import { spawnSync } from "node:child_process";
import { findBrowser, hasFastBrowser } from "./browser.mjs";
import { run, step } from "./steps.mjs";

const answers = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
const hasChineseFont = () => (spawnSync("fc-list", [":lang=zh"], { encoding: "utf8" }).stdout ?? "").trim() !== "";

/** What the tests need from the system, how to see that it is there, Debian's name for it, and what will do in its place. */
const NEEDS = [
  { what: "redis-server", debian: "redis-server", isThere: () => answers("redis-server", "--version") },
  {
    what: "Chromium (or CHROMIUM_PATH)",
    debian: "chromium-headless-shell",
    isThere: hasFastBrowser,
    willDo: () => findBrowser() !== undefined,
  },
  {
    what: "a Chinese font",
    debian: "fonts-noto-cjk",
    isThere: () => process.platform === "darwin" || hasChineseFont(),
  },
];

const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
const mayInstall = () => answers("apt-get", "--version") && (asRoot.length === 0 || answers("sudo", "-n", "true"));

/** One by one: a name that this Debian does not know keeps nothing else away. */
async function install(names, out) {
  const [command, ...args] = [...asRoot, "apt-get"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await step(`Installing ${names.join(", ")}`, out, async () => {
    await run(command, [...args, "-q", "update"], { env });
    for (const name of [...names, "fontconfig"]) {
      await run(command, [...args, "-q", "install", "-y", "--no-install-recommends", name], { env }).catch(() => {});
    }
  }).catch(() => {}); // What is lacking afterwards is what counts.
}

/**
 * Installs what is missing where it may: Debian's packages, as root or by a sudo that asks nothing. Elsewhere throws one
 * sentence that says what to install; no test is left out for it. What has a stand-in is installed where that is possible, and done
 * without where it is not.
 */
export async function ensureSystemPackages(out) {
  const missing = NEEDS.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  if (mayInstall())
    await install(
      missing.map(({ debian }) => debian),
      out,
    );
  const lacking = missing.filter(({ isThere, willDo = isThere }) => !willDo());
  if (lacking.length === 0) return;
  const names = lacking.map(({ debian }) => debian).join(" ");
  const plea = `The tests need ${lacking.map(({ what }) => what).join(", ")}: install what your system calls it (Debian: apt-get install ${names}).`;
  throw new Error(plea);
}

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildFolder } from "./project.mjs";

const LOCK = path.join(buildFolder, "lock");
const HEARTBEAT_MS = 2_000;
const STALE_MS = 30_000;
const POLL_MS = 250;

/** Runs `work` while no other command of this project builds; waits for one that does, and inherits from one that was killed. */
export async function withBuildLock(out, work) {
  mkdirSync(buildFolder, { recursive: true });
  let hasSaid = false;
  while (!tryToLock()) {
    if (dropIfStale()) continue;
    if (!hasSaid) out.write("  Waiting for another command that builds …\n");
    hasSaid = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => utimesSync(LOCK, new Date(), new Date()), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(LOCK, { force: true });
  }
}

/** A link appears whole, with our number in it, or not at all. */
function tryToLock() {
  const draft = `${LOCK}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a process that is dead or no longer beats (its number may belong to a stranger after a reboot). */
function dropIfStale() {
  if (!isStale(LOCK)) return false;
  const aside = `${LOCK}.stale-${process.pid}`;
  try {
    renameSync(LOCK, aside);
    if (!isStale(aside)) linkSync(aside, LOCK); // Somebody else was quicker, and this is their new lock.
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return true;
}

function isStale(file) {
  try {
    const isSilent = Date.now() - statSync(file).mtimeMs > STALE_MS;
    return isSilent || !isAlive(Number(readFileSync(file, "utf8")));
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

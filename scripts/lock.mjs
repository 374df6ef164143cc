import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildFolder } from "./project.mjs";

const HEARTBEAT_MS = 2_000;
const STALE_MS = 30_000;
const POLL_MS = 250;

/** Runs `work` while no other command of this project builds; waits for one that does, and inherits from one that was killed. */
export async function withBuildLock(out, work, folder = buildFolder) {
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, "lock");
  let hasSaid = false;
  while (!tryToTake(lock)) {
    if (dropIfStale(lock)) continue;
    if (!hasSaid) out.write("  Waiting for another command that builds …\n");
    hasSaid = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => utimesSync(lock, new Date(), new Date()), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(lock, { force: true });
  }
}

/** A link appears whole, with our number in it, or not at all. */
function tryToTake(lock) {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a process that is dead or no longer beats (its number may belong to a stranger after a reboot). */
function dropIfStale(lock) {
  if (!isStale(lock)) return false;
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
    if (!isStale(aside)) linkSync(aside, lock); // Somebody else was quicker, and this is their new lock.
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

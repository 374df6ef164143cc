import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The account Postgres runs as; empty means the one we run as. */
export type Account = { readonly uid: number; readonly gid: number } | Record<string, never>;

const ROOT = 0;
const NOBODY = "nobody";
const PASSWD = "/etc/passwd";

function findNobody(): Account {
  const line = readFileSync(PASSWD, "utf8")
    .split("\n")
    .map((entry) => entry.split(":"))
    .find(([name]) => name === NOBODY);
  if (!line) throw new Error(`Postgres refuses to run as root, and there is no account "${NOBODY}" to run it as.`);
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

/**
 * Postgres refuses uid 0, so a root shop runs it as the owner of an existing data folder, or as `nobody` for a new one.
 * Anyone else runs it as themselves and must own the folder.
 */
export function accountFor(existingDataFolder: string | null): Account {
  const uid = process.getuid?.();
  const owner = existingDataFolder === null ? null : statSync(existingDataFolder);
  if (uid === ROOT) return owner && owner.uid !== ROOT ? { uid: owner.uid, gid: owner.gid } : findNobody();
  if (owner && uid !== undefined && owner.uid !== uid) {
    throw new Error(
      `${existingDataFolder} belongs to another account (uid ${owner.uid}); start the shop as that account.`,
    );
  }
  return {};
}

/** Whether an account may walk into a folder, from the root downwards: a 0700 parent makes everything below it unreachable. */
export function canEnter(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const { mode, uid, gid } = statSync(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

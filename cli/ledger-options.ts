import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { BlockHead } from "@/lib/features/ledger/rules";
import { fetchHeads, readSavedHeads } from "@/lib/features/ledger/saved-heads";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { type Call, textOf } from "./command";

/** The keys named with --key, by which a stranger knows the shop; an error is the sentence to print. */
export function readKeys(call: Call): Result<ReadonlySet<string>, string> {
  const text = textOf(call, "key");
  if (text === undefined) return ok(new Set());
  const keys = text.toLowerCase().split(",");
  if (keys.every((key) => /^[0-9a-f]{64}$/.test(key))) return ok(new Set(keys));
  return err("--key is the shop's public key: 64 hexadecimal digits, several with commas between them.");
}

const REFUSALS = {
  unreachable: "The address of --heads did not answer.",
  malformed: "What --heads names holds no heads of a ledger.",
  too_many: "The address of --heads goes on without an end.",
} as const;

/** The heads that --heads names, an address or a file; none without it. */
export async function readHeads(call: Call): Promise<Result<readonly BlockHead[], string>> {
  const source = textOf(call, "heads");
  if (source === undefined) return ok([]);
  if (/^https?:\/\//.test(source)) {
    if (!URL.canParse(source)) return err(REFUSALS.unreachable);
    const fetched = await fetchHeads(new URL(source), globalThis.fetch);
    return fetched.ok ? fetched : err(REFUSALS[fetched.error]);
  }
  const file = path.resolve(call.terminal.folder, source);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return err(`There is no file ${source}.`);
  if (found.size > limits.ledgerHeadsBytesMax) return err(`${source} is too large to be a file of heads.`);
  const read = readSavedHeads(await readFile(file, "utf8"));
  return read.ok ? read : err(REFUSALS[read.error]);
}

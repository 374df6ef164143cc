import { execFile } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sealNextBlock } from "@/lib/features/ledger/seal";
import { findSealingState } from "@/lib/features/ledger/sealing-state";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { send } from "../../support/api-client";
import { kapuHere } from "../../support/command-here";
import { kapu } from "../../support/command-line";
import { openLane, type TestLane } from "../../support/lane";
import { openDeps, openShop, type TestShop } from "../../support/shop";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { describe, expect, test } from "../../support/test";
import { writeSealableEntries } from "./entries";

interface Head {
  readonly number: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly sealedAtMs: number;
  readonly publicKey: string;
  readonly signature: string;
}
interface Page {
  readonly items: readonly Head[];
  readonly nextAfter: number | null;
}

const BLOCKS = 5;
let shop: TestShop;
let lane: TestLane;
let folder: string;
let env: Record<string, string>;

test.beforeAll(async ({ database }) => {
  folder = makeTemporaryFolder("ledger");
  shop = await openShop(database);
  lane = await openLane(shop.deps);
  env = { DATABASE_URL: database.superuser, KAPU_SECRET: "s".repeat(40), KAPU_DATA_DIR: folder };
});
test.afterAll(async () => {
  await lane.close();
  await shop.close();
  removeFolder(folder);
});

/** As a stranger would: the key and the text from the document, and nothing of ours. */
function isSigned({ number, previousHash, hash, sealedAtMs, publicKey, signature }: Head): boolean {
  const x = Buffer.from(publicKey, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const text = `kapu-head1|${number}|${previousHash}|${hash}|${sealedAtMs}|${publicKey}`;
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "hex"));
}

const verifyByTheDocument = (...args: string[]): Promise<{ code: number; out: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [path.resolve("docs/verify-ledger.mjs"), ...args], { timeout: 30_000 }, (error, out) =>
      resolve({ code: error ? 1 : 0, out }),
    );
  });

describe("the heads that are published", () => {
  test("before the first block there is a key and no head", async () => {
    const { status, json } = await send(`${lane.url}/api/v1/ledger`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      format: "kapu-ledger1",
      publicKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      head: null,
    });
    expect((await send<Page>(`${lane.url}/api/v1/ledger/blocks`)).json).toEqual({ items: [], nextAfter: null });
  });

  test("are signed, name each other, come page by page, and tell nothing of what was sold", async ({ database }) => {
    for (let block = 1; block <= BLOCKS; block++) {
      await writeSealableEntries(database.app, block);
      await sealNextBlock(shop.deps);
    }
    const heads: Head[] = [];
    for (let after: number | null = 0, pages = 0; after !== null; pages++) {
      expect(pages).toBeLessThan(10);
      const { status, headers, json }: { status: number; headers: Headers; json: Page } = await send<Page>(
        `${lane.url}/api/v1/ledger/blocks?limit=2&after=${after}`,
      );
      expect(status).toBe(200);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      heads.push(...json.items);
      after = json.nextAfter;
    }
    expect(heads.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    const newest = await send<{ publicKey: string; head: Head }>(`${lane.url}/api/v1/ledger`);
    expect(newest.json.head).toEqual(heads.at(-1));
    heads.forEach((head, n) => {
      expect(isSigned(head)).toBe(true);
      expect(isSigned({ ...head, hash: "0".repeat(64) })).toBe(false);
      expect(head.publicKey).toBe(newest.json.publicKey);
      expect(head.previousHash).toBe(heads[n - 1]?.hash ?? "0".repeat(64));
      expect(Object.keys(head).sort()).toEqual(
        ["number", "previousHash", "hash", "sealedAtMs", "publicKey", "signature"].sort(),
      );
    });
  });

  test.each(["after=-1", "after=x", "limit=0", "limit=501", "after=1e99", "other=1"])(
    "?%s is refused with a reason",
    async (query) => {
      const answer = await send(`${lane.url}/api/v1/ledger/blocks?${query}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.json).toMatchObject({ code: "invalid" });
    },
  );
});

describe("kapu verify-ledger and kapu export", () => {
  test("judge the database, write it out, and judge the file where there is no database", async () => {
    const here = await kapuHere(["verify-ledger", "--json"], { env });
    expect(here.json()).toMatchObject({ isIntact: true, blocks: BLOCKS, entries: 15, isKeyTrusted: true });
    expect(here.code).toBe(0);
    const exported = await kapuHere(["export", "ledger", "--out", "ledger.jsonl", "--json"], { env, folder });
    expect(exported.json()).toMatchObject({ lines: 1 + BLOCKS + 15 + 1 });
    const { publicKey } = (await send<{ publicKey: string }>(`${lane.url}/api/v1/ledger`)).json;
    // Without a setting of the shop, and so without its database and its secret.
    const away = await kapu(["verify-ledger", "--file", "ledger.jsonl", "--key", publicKey, "--json"], { folder });
    expect(away.json()).toMatchObject({ isIntact: true, blocks: BLOCKS, entries: 15, isKeyTrusted: true });
    expect(away.code).toBe(0);
    const byTheDocument = await verifyByTheDocument(path.join(folder, "ledger.jsonl"), publicKey);
    expect(byTheDocument).toMatchObject({ code: 0, out: expect.stringContaining("5 blocks with 15 entries") });
    const otherKey = await verifyByTheDocument(path.join(folder, "ledger.jsonl"), "0".repeat(64));
    expect(otherKey).toMatchObject({ code: 1, out: expect.stringContaining("not signed") });
  });

  test("name the entry of a file that was altered, and hold a file to the heads at the shop's address", async () => {
    const lines = readFileSync(path.join(folder, "ledger.jsonl"), "utf8").trimEnd().split("\n");
    const at = lines.findLastIndex((line) => line.startsWith('{"entry"'));
    const { id, canonical } = (JSON.parse(lines[at] as string) as { entry: { id: string; canonical: string } }).entry;
    const forged = lines.with(at, (lines[at] as string).replace(canonical, canonical.replace("reserve", "release")));
    writeFileSync(path.join(folder, "forged.jsonl"), `${forged.join("\n")}\n`);
    const ended = await kapuHere(["verify-ledger", "--file", "forged.jsonl", "--json"], { folder });
    expect(ended.json()).toMatchObject({ isIntact: false, break: { kind: "altered", block: BLOCKS, entryId: id } });
    expect(ended.code).toBe(1);
    const said = await verifyByTheDocument(path.join(folder, "forged.jsonl"));
    expect(said).toMatchObject({ code: 1, out: expect.stringContaining(`entry ${id} of block ${BLOCKS} was altered`) });

    // An older export, from which the last block is not missing by its own account.
    const short = lines.slice(
      0,
      lines.findLastIndex((line) => line.startsWith('{"block"')),
    );
    const sealed = short.filter((line) => line.startsWith('{"entry"')).length;
    short.push(JSON.stringify({ end: { blocks: BLOCKS - 1, entries: sealed, unsealed: 0 } }));
    writeFileSync(path.join(folder, "short.jsonl"), `${short.join("\n")}\n`);
    const alone = await kapuHere(["verify-ledger", "--file", "short.jsonl", "--json"], { folder });
    expect(alone.json()).toMatchObject({ isIntact: true, isKeyTrusted: false });
    const heads = `${lane.url}/api/v1/ledger/blocks?limit=2`;
    const held = await kapuHere(["verify-ledger", "--file", "short.jsonl", "--heads", heads, "--json"], { folder });
    expect(held.json()).toMatchObject({ isIntact: false, break: { kind: "head", block: BLOCKS } });
    expect(held.code).toBe(1);
  });
});

describe("how far the ledger is sealed", () => {
  test("is told with the age of what waits, and whether the key is ours", async ({ database }) => {
    expect(await findSealingState(shop.deps)).toEqual({
      lastBlock: BigInt(BLOCKS),
      isKeyOurs: true,
      oldestUnsealedSeconds: null,
    });
    await writeSealableEntries(database.app, 3);
    await withClient(database.superuser, async (client) => {
      await client.query("SET session_replication_role = replica");
      await client.query(
        "UPDATE stock_entry SET created_at = created_at - interval '1 hour' WHERE id = (SELECT max(id) - 2 FROM stock_entry)",
      );
    });
    const { oldestUnsealedSeconds } = await findSealingState(shop.deps);
    expect(oldestUnsealedSeconds).toBeGreaterThan(3_500);
    const doctor = await kapuHere(["doctor", "--json"], { env });
    const { findings } = doctor.json<{ findings: { subject: string; verdict: string; sentence: string }[] }>();
    expect(findings.find(({ subject }) => subject === "ledger")).toMatchObject({ verdict: "warning" });
    const stranger = openDeps(database, { KAPU_SECRET: "another secret of forty characters or so" });
    expect(await findSealingState(stranger)).toMatchObject({ isKeyOurs: false });
    await closeDeps(stranger);
  });
});

import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Terminal } from "@/cli/command";
import { main } from "@/cli/kapu";
import { newId, toPublicId } from "@/lib/kernel/id";
import { withClient } from "@/lib/platform/with-client";
import { kapuHere } from "../../support/command-here";
import { kapu } from "../../support/command-line";
import { createDatabase } from "../../support/database";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { describe, expect, test } from "../../support/test";

let shop: TestShop;
let stocked: Stocked;
let folder: string;
let env: Record<string, string>;

test.beforeAll(async ({ database }) => {
  folder = makeTemporaryFolder("kapu");
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 0 });
  env = { DATABASE_URL: database.superuser, KAPU_SECRET: "s".repeat(40), KAPU_DATA_DIR: folder };
});
test.afterAll(async () => {
  await shop.close();
  removeFolder(folder);
});

const variant = () => toPublicId("variant", stocked.variantId);
const statuses = async () =>
  (
    await shop.rows<{ status: string; n: number }>(
      "SELECT status, count(*)::int AS n FROM card WHERE variant_id = $1 GROUP BY status ORDER BY status",
      [stocked.variantId],
    )
  ).map(({ status, n }) => `${status} ${n}`);

describe("kapu import", () => {
  test("adds each line once, byte for byte, and answers with three figures", async () => {
    const lines = ["ABC-1", "  spaces kept  ", "卡密🎴", "ABC-1", 'quo"te,comma'];
    const input = lines.join("\n");
    const first = await kapu(["import", "--variant", variant(), "--json", "-"], { env, input });
    expect(first).toMatchObject({ code: 0 });
    expect(first.json()).toEqual({ accepted: 4, duplicate: 1, rejected: 0 });
    expect(await statuses()).toEqual(["available 4"]);
    const again = await kapuHere(["import", "--variant", variant(), "--json", "-"], { env, input });
    expect(again.json()).toEqual({ accepted: 0, duplicate: 5, rejected: 0 });
  });

  test("finds a file from where it was called, the variant by its SKU, and leaves a draft unsold", async () => {
    writeFileSync(path.join(folder, "cards.txt"), "DRAFT-1\r\nDRAFT-2\r\n");
    const sku = `SKU-${stocked.variantId}`;
    const { code, out } = await kapu(["import", "--variant", sku, "--draft", "--note", "tuesday", "cards.txt"], {
      env,
      folder,
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^2 lines: 2 accepted and in a draft batch/);
    expect(await statuses()).toContain("draft 2");
  });

  test.each<[string, string[], string | Uint8Array, string]>([
    ["an empty file", [], "", "empty_file"],
    ["a binary file", [], Buffer.from("\x7fELF\x02\x01\x01".padEnd(4096, "\0\x01\xff"), "latin1"), "binary_file"],
  ])("refuses %s with exit 1 and a code", async (_, args, input, code) => {
    const before = await statuses();
    const ended = await kapuHere(["import", "--variant", variant(), ...args, "--json", "-"], { env, input });
    expect(ended.code).toBe(1);
    expect(ended.json()).toMatchObject({ error: { code } });
    expect(await statuses()).toEqual(before);
  });

  test("lays the cards into the pool that is named, by its name or its id, and into none where there is no such pool", async () => {
    const { merchantId, variantId } = stocked;
    const id = newId();
    const name = `海外 ${id.slice(-6)}`;
    await shop.deps.db.stockPool.create({ data: { id, merchantId, slug: `pool-${id}`, name } });
    for (const [n, pool] of [name, id, `pool-${id}`].entries()) {
      const ended = await kapuHere(["import", "--variant", variant(), "--pool", pool, "--json", "-"], {
        env,
        input: `POOLED-${n}\n`,
      });
      expect(ended.json()).toEqual({ accepted: 1, duplicate: 0, rejected: 0 });
    }
    expect(await shop.deps.db.card.count({ where: { variantId, poolId: id, status: "available" } })).toBe(3);
    const before = await shop.deps.db.batch.count();
    for (const pool of ["nowhere", newId()]) {
      const ended = await kapuHere(["import", "--variant", variant(), "--pool", pool, "--json", "-"], {
        env,
        input: "X\n",
      });
      expect([ended.code, ended.json()]).toMatchObject([1, { error: { code: "no_such_pool" } }]);
    }
    expect(await shop.deps.db.batch.count()).toBe(before);
  });

  test("refuses an unknown variant with exit 1", async () => {
    const ended = await kapuHere(["import", "--variant", "nothing-like-it", "--json", "-"], { env, input: "X\n" });
    expect(ended.code).toBe(1);
    expect(ended.json()).toMatchObject({ error: { code: "not_found" } });
  });
});

describe("kapu audit", () => {
  test("ends with 0 on a sound shop, and with 1 and the offending rows on a broken one", async ({ database }) => {
    const sound = await kapuHere(["audit", "--json"], { env });
    expect(sound.code).toBe(0);
    expect(sound.json()).toMatchObject({ isClean: true });
    const order = await shop.place((await shop.stock({ cards: 1 })).variantId);
    const deep = await kapuHere(["audit", "--deep"], { env });
    expect(deep.code).toBe(0);
    const ids = deep.out.split("\n").flatMap((line) => /^(?:ok|-) +(I\d+) /.exec(line)?.[1] ?? []);
    expect(ids).toEqual(Array.from({ length: 28 }, (_, n) => `I${n + 1}`));
    expect(deep.out).toMatch(/^ok {6}I18 crypto: \d+ ciphertexts opened/m);
    expect(deep.out).toMatch(/^- {7}I10 durability: proved by the harness: tests\//m);
    await withClient(database.superuser, async (client) => {
      await client.query("SET session_replication_role = replica");
      await client.query("UPDATE card SET order_id = gen_random_uuid() WHERE order_id = $1", [order.id]);
    });
    const broken = await kapu(["audit", "--json"], { env });
    expect(broken.code).toBe(1);
    const { results } = broken.json<{ results: { ok: boolean; rows: unknown[] }[] }>();
    expect(results.filter(({ ok }) => !ok).flatMap(({ rows }) => rows).length).toBeGreaterThan(0);
    const spoken = await kapuHere(["audit"], { env });
    expect(spoken.code).toBe(1);
    expect(spoken.out).toMatch(/^BROKEN {2}I/m);
  });
});

describe("kapu demo", () => {
  test("stocks an empty database, as promised, once; and never enters a shop that is there", {
    timeout: 240_000,
  }, async () => {
    const empty = await createDatabase();
    const home = makeTemporaryFolder("demo");
    try {
      const demoEnv = { ...env, DATABASE_URL: empty.superuser, KAPU_DATA_DIR: home };
      const first = await kapuHere(["demo", "--json"], { env: demoEnv });
      expect(first).toMatchObject({ code: 0 });
      const { products, variants, cards } = first.json<Record<string, number>>();
      expect(products).toBe(8);
      const { rows } = await withClient(empty.superuser, (client) =>
        client.query("SELECT 1 FROM variant WHERE quantity_min = 1 AND status = 'published'"),
      );
      expect(rows.length).toBeGreaterThanOrEqual(8);
      const wide = await withClient(empty.superuser, (client) =>
        client.query("SELECT 1 FROM variant WHERE quantity_max = 5000"),
      );
      expect(wide.rows.length).toBeGreaterThanOrEqual(1);
      const again = await kapuHere(["demo", "--json"], { env: demoEnv });
      expect(again.json()).toMatchObject({ products, variants, cards });
    } finally {
      await empty.drop();
      removeFolder(home);
    }
    const refused = await kapuHere(["demo", "--json"], { env });
    expect(refused.code).toBe(1);
    expect(refused.json()).toMatchObject({ error: { code: "not_empty" } });
  });
});

describe("kapu create-admin", () => {
  test("creates one admin, with a password it shows once or reads", async () => {
    const made = await kapuHere(["create-admin", "--email", "Root@example.com", "--json"], { env });
    expect(made.code).toBe(0);
    expect(made.json<{ password: string }>().password.length).toBeGreaterThan(15);
    const again = await kapuHere(["create-admin", "--email", "root@example.com", "--password-stdin", "--json"], {
      env,
      input: "correct horse battery\n",
    });
    expect(again.code).toBe(1);
    expect(again.json()).toMatchObject({ error: { code: "email_taken" } });
    const weak = await kapuHere(["create-admin", "--email", "two@example.com", "--password-stdin", "--json"], {
      env,
      input: "short\n",
    });
    expect(weak.json()).toMatchObject({ error: { code: "password_short" } });
  });
});

describe("kapu doctor", () => {
  test("names what is missing and how to mend it", async () => {
    const { json } = await kapuHere(["doctor", "--json"], { env });
    const { findings } = json<{ findings: { subject: string; verdict: string; sentence: string }[] }>();
    const subjects = findings.map(({ subject }) => subject);
    for (const subject of [
      "settings",
      "address",
      "disk",
      "redis",
      "database",
      "migrations",
      "roles",
      "ledger",
      "keys",
      "gateway epay",
      "mail",
      "people",
    ])
      expect(subjects).toContain(subject);
    for (const { sentence } of findings) expect(sentence).toMatch(/\.$/);
  });

  test("with settings that mean nothing says so in one sentence each, and exits 1", async () => {
    const ended = await kapuHere(["doctor", "--json"], { env: { ...env, PORT: "99999999", KAPU_SECRET: "short" } });
    expect(ended.code).toBe(1);
    const { findings } = ended.json<{ findings: { sentence: string }[] }>();
    expect(findings.map(({ sentence }) => sentence).join(" ")).toMatch(/PORT.*KAPU_SECRET/);
    expect(ended.out).not.toContain('"short"');
  });
});

describe("kapu", () => {
  const terminal = () => {
    const said = { out: "", err: "" };
    const voice: Terminal = {
      folder,
      input: (async function* () {})(),
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      isWatched: false,
    };
    return { said, voice };
  };

  test.each([
    [["nothing"], 2],
    [["import", "--nonsense", "x"], 2],
    [["import", "-"], 2],
    [["import", "--variant", "x"], 2],
    [["import", "--variant", "x", "no-such-file"], 2],
    [["import", "--variant", "x", "--format", "xlsx", "-"], 2],
    [["audit", "extra"], 2],
    [["verify-ledger", "extra"], 2],
    [["verify-ledger", "--file", "no-such-file"], 2],
    [["verify-ledger", "--key", "abc"], 2],
    [["verify-ledger", "--heads", "no-such-file"], 3],
    [["reconcile", "--from", "yesterday"], 2],
    [["reconcile", "--from", "2026-02-01", "--to", "2026-01-01"], 2],
    [["export"], 2],
    [["export", "ledger"], 2],
    [["export", "cards", "--out", "x"], 2],
    [[], 2],
    [["help"], 0],
    [["import", "--help"], 0],
  ])("%j ends with %i and opens no database", async (args, code) => {
    const { said, voice } = terminal();
    expect(await main(args, voice)).toBe(code);
    expect(said.out + said.err).not.toBe("");
    if (args.length === 0 || code === 0) return;
    const asked = terminal();
    expect(await main([...args, "--json"], asked.voice)).toBe(code);
    expect(JSON.parse(asked.said.out)).toMatchObject({ error: { message: expect.any(String) } });
  });

  test("says in one sentence that the database is away, and exits 3", async () => {
    const ended = await kapu(["audit", "--json"], {
      env: { ...env, DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/none" },
    });
    expect(ended.code).toBe(3);
    expect(ended.json()).toMatchObject({ error: { code: "environment" } });
    expect(ended.out + ended.err).not.toContain("hunter2");
  });

  test("names in its help what there is", async () => {
    const { said, voice } = terminal();
    await main(["help"], voice);
    const { out } = said;
    expect(out).toMatch(
      /import .*--variant[\s\S]*audit[\s\S]*verify-ledger[\s\S]*export[\s\S]*doctor[\s\S]*create-admin[\s\S]*demo/,
    );
  });
});

describe("kapu rotate-keys", () => {
  test("wraps everything by the key that is given, once, and names what it cannot open", async () => {
    const [one, two] = ["1".repeat(40), "2".repeat(40)];
    const rotated = await kapuHere(["rotate-keys", "--json"], { env: { ...env, KAPU_MASTER_KEY: one } });
    const report = rotated.json<{ keyId: string; rewrapped: Record<string, number> }>();
    expect(report.keyId).toMatch(/^m[0-9a-f]{15}$/);
    expect(report.rewrapped.batches).toBeGreaterThan(0);
    const again = await kapuHere(["rotate-keys", "--json"], { env: { ...env, KAPU_MASTER_KEY: one } });
    expect(again.json()).toMatchObject({ rewrapped: { batches: 0, "gateway accounts": 0, authenticators: 0 } });
    const lost = await kapuHere(["rotate-keys", "--json"], { env: { ...env, KAPU_MASTER_KEY: two } });
    expect(lost.code).toBe(1);
    expect(lost.json()).toMatchObject({ error: { code: "unopened" } });
    expect(lost.out).toContain(report.keyId);
    const back = { ...env, KAPU_MASTER_KEY: two, KAPU_MASTER_KEY_PREVIOUS: one };
    expect((await kapuHere(["rotate-keys", "--json"], { env: back })).code).toBe(0);
  });
});

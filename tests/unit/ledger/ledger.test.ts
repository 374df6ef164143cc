import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashEntry, merkleRoot } from "@/lib/features/ledger/hashes";
import { readLedgerLines, writeLedgerLines } from "@/lib/features/ledger/ledger-file";
import type { LedgerRecord } from "@/lib/features/ledger/record";
import { canonicalOf, ENTRY_KINDS, type EntryContent, parseCanonical } from "@/lib/features/ledger/rules";
import { readSavedHeads } from "@/lib/features/ledger/saved-heads";
import { toHeadView } from "@/lib/features/ledger/schema";
import { type VerifyOptions, verifyLedger } from "@/lib/features/ledger/verify";
import { signingKeyOf } from "@/lib/platform/signing";
import { KEY, recordsOf, sealedBlocks, streamOf } from "./chain";

const own: VerifyOptions = { trustedKeys: new Set([KEY.publicKey.toString("hex")]), savedHeads: [] };
const nobody: VerifyOptions = { trustedKeys: new Set<string>(), savedHeads: [] };
const judge = (records: readonly LedgerRecord[], options = own) => verifyLedger(streamOf(records), options);

const uuid = fc.uuid();
const content: fc.Arbitrary<EntryContent> = fc.record({
  kind: fc.constantFrom(...ENTRY_KINDS),
  merchantId: uuid,
  orderId: fc.option(uuid),
  batchId: fc.option(uuid),
  reference: fc.string({ maxLength: 40 }).filter((text) => !text.includes("|")),
  cardIds: fc.array(uuid, { minLength: 1, maxLength: 5 }),
});

describe("canonical bytes and hashes", () => {
  test("a canonical text reads back to its content, so no two contents share one", () => {
    fc.assert(
      fc.property(content, (one) => {
        expect(parseCanonical(canonicalOf(one))).toEqual(one);
      }),
    );
  });

  test("an entry's hash changes with its id, its transaction, its time and every letter of what it says", () => {
    fc.assert(
      fc.property(content, fc.bigInt(1n, 2n ** 62n), fc.nat(1_000_000), (one, id, at) => {
        const entry = { id, xid: id + 5n, atMs: BigInt(at), canonical: canonicalOf(one) };
        const others = [
          { ...entry, id: id + 1n },
          { ...entry, xid: id + 6n },
          { ...entry, atMs: BigInt(at) + 1n },
          { ...entry, canonical: `${entry.canonical},` },
          { ...entry, canonical: canonicalOf({ ...one, cardIds: [...one.cardIds, one.merchantId] }) },
        ];
        expect(new Set([entry, ...others].map(hashEntry)).size).toBe(6);
      }),
    );
  });

  /** RFC 9162 §2.1.1 as it is written there: split at the largest power of two below n. */
  function rootByTheBook(leaves: readonly Buffer[]): Buffer {
    if (leaves.length === 1) return leaves[0] as Buffer;
    let half = 1;
    while (half * 2 < leaves.length) half *= 2;
    const parts = [Buffer.of(1), rootByTheBook(leaves.slice(0, half)), rootByTheBook(leaves.slice(half))];
    return createHash("sha256").update(Buffer.concat(parts)).digest();
  }

  test("the root is the one of RFC 9162, for every number of leaves", () => {
    const leaves = Array.from({ length: 130 }, (_, n) => createHash("sha256").update(`${n}`).digest());
    for (let count = 1; count <= leaves.length; count++) {
      expect(merkleRoot(leaves.slice(0, count)).equals(rootByTheBook(leaves.slice(0, count))), `${count}`).toBe(true);
    }
  });
});

describe("a ledger that is verified", () => {
  const blocks = () => sealedBlocks([3, 1, 4, 2]);

  test("holds when nothing was touched, and says what is not sealed yet", async () => {
    const report = await judge(recordsOf(blocks(), 2));
    expect(report).toMatchObject({
      isIntact: true,
      blocks: 4,
      entries: 10,
      unsealed: { entries: 2 },
      isKeyTrusted: true,
    });
    expect((await judge(recordsOf(blocks()), nobody)).isKeyTrusted).toBe(false);
    expect(await judge(recordsOf([]))).toMatchObject({ isIntact: true, blocks: 0 });
  });

  test("any one record taken out, doubled or swapped with its neighbour is found", async () => {
    const whole = recordsOf(blocks(), 2);
    // The unsealed tail is proven by nothing: only its order can be judged.
    const proven = whole.length - 3;
    await fc.assert(
      fc.asyncProperty(fc.nat(proven - 1), fc.constantFrom("out", "doubled", "swapped"), async (at, how) => {
        const records = [...whole];
        const [one, next] = records.slice(at, at + 2) as [LedgerRecord, LedgerRecord];
        if (how === "out") records.splice(at, 1);
        else if (how === "doubled") records.splice(at, 0, one);
        else records.splice(at, 2, next, one);
        expect((await judge(records)).isIntact, `${how} ${at}`).toBe(false);
      }),
    );
  });

  test("any one bit of a block or of an entry that was changed is found, and an entry is named", async () => {
    const flip = (text: string, at: number) => {
      const index = at % text.length;
      return text.slice(0, index) + (text[index] === "0" ? "1" : "0") + text.slice(index + 1);
    };
    const fields = ["previousHash", "hash", "publicKey", "signature", "root"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.nat(9),
        fc.nat(300),
        fc.constantFrom(...fields, "canonical"),
        async (b, e, at, field) => {
          const changed = blocks();
          const target = changed[b] as (typeof changed)[number];
          const index = e % target.entries.length;
          const entry = target.entries[index] as (typeof target.entries)[number];
          if (field === "canonical") target.entries[index] = { ...entry, canonical: flip(entry.canonical, at) };
          else changed[b] = { ...target, block: { ...target.block, [field]: flip(target.block[field], at) } };
          const report = await judge(recordsOf(changed));
          expect(report.isIntact, field).toBe(false);
          if (field === "canonical") expect(report.break).toMatchObject({ kind: "altered", entryId: entry.id });
        },
      ),
    );
  });

  test("a chain that was written anew with another key is refused, and with the same key it is held to a saved head", async () => {
    const stranger = signingKeyOf(Buffer.alloc(32, 9));
    expect((await judge(recordsOf(sealedBlocks([3, 1], stranger)))).break).toMatchObject({ kind: "key", block: 1n });
    const savedHeads = [blocks()[2]?.block].flatMap((block) => block ?? []);
    expect(await judge(recordsOf(blocks()), { ...own, savedHeads })).toMatchObject({
      isIntact: true,
      savedHeadsCompared: 1,
    });
    const anew = await judge(recordsOf(sealedBlocks([3, 2, 3, 2])), { ...nobody, savedHeads });
    expect(anew.break).toMatchObject({ kind: "head", block: 3n });
    const shorter = await judge(recordsOf(blocks().slice(0, 2)), { ...own, savedHeads });
    expect(shorter.break).toMatchObject({ kind: "head", block: 3n });
  });

  test("a saved head that nobody signed accuses no one", async () => {
    const savedHeads = [
      { ...(blocks()[1]?.block as ReturnType<typeof blocks>[number]["block"]), hash: "0".repeat(64) },
    ];
    expect((await judge(recordsOf(blocks()), { ...own, savedHeads })).break).toMatchObject({
      kind: "signature",
      block: 2n,
    });
  });
});

describe("a ledger in a file", () => {
  const header = { publicKey: KEY.publicKey.toString("hex"), exportedAtMs: 1_795_000_020_000 };
  async function textOf(records: readonly LedgerRecord[]): Promise<string> {
    let text = "";
    for await (const line of writeLedgerLines(streamOf(records), header)) text += line;
    return text;
  }
  const read = (text: string, piece = 1_000) => {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) =>
      bytes.subarray(n * piece, (n + 1) * piece),
    );
    return verifyLedger(readLedgerLines(streamOf(pieces)), own);
  };

  test("reads as it was written, however its bytes arrive", async () => {
    const text = await textOf(recordsOf(sealedBlocks([3, 2]), 1));
    for (const piece of [1, 7, 100_000]) {
      expect(await read(text, piece)).toMatchObject({
        isIntact: true,
        blocks: 2,
        entries: 5,
        unsealed: { entries: 1 },
      });
    }
  });

  test("cut off at any line, or in any line, it is broken", async () => {
    const text = await textOf(recordsOf(sealedBlocks([3, 2]), 1));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 2 }), async (end) => {
        expect((await read(text.slice(0, end))).isIntact, `${end}`).toBe(false);
      }),
    );
    const lines = text.trimEnd().split("\n");
    for (let end = 0; end < lines.length; end++) {
      expect((await read(lines.slice(0, end).join("\n"))).isIntact, `${end} lines`).toBe(false);
      expect((await read(lines.filter((_, n) => n !== end).join("\n"))).isIntact, `without line ${end}`).toBe(false);
    }
  });

  test("a line without an end is not taken into memory", async () => {
    const text = await textOf(recordsOf(sealedBlocks([1])));
    expect((await read(`${text.split("\n")[0]}\n${"x".repeat(3_000_000)}`, 65_536)).break).toMatchObject({
      kind: "broken_off",
    });
  });

  test("the example in the documents verifies, and gives what they say", async () => {
    const file = path.resolve("docs/ledger-vector.jsonl");
    const report = await verifyLedger(readLedgerLines(createReadStream(file)), own);
    expect(report).toMatchObject({ isIntact: true, blocks: 3, entries: 6, unsealed: { entries: 1 } });
    const text = await textOf(recordsOf(sealedBlocks([3, 1, 2]), 1));
    let written = "";
    for await (const chunk of createReadStream(file, "utf8")) written += chunk;
    expect(written).toBe(text);
  });
});

describe("saved heads", () => {
  const heads = sealedBlocks([1, 2]).map(({ block }) => toHeadView(block));

  test("are read as the API answers them, and as a script appends them", () => {
    const page = { items: heads, nextAfter: null };
    for (const text of [
      JSON.stringify(page),
      JSON.stringify(heads),
      heads.map((head) => JSON.stringify(head)).join("\n"),
    ]) {
      const read = readSavedHeads(text);
      expect(read.ok && read.value.map(({ number }) => number)).toEqual([1n, 2n]);
    }
    expect(readSavedHeads("nothing of the kind").ok).toBe(false);
    expect(readSavedHeads('{"items":[{"number":1}]}').ok).toBe(false);
  });
});

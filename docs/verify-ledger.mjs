// Verifies an export of the ledger with nothing but Node and docs/ledger.md: it shares no code with the shop. Read it, or write
// your own.   node verify-ledger.mjs EXPORT [PUBLIC KEY, as the shop publishes it]
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** The hash of an entry, with its number, its transaction and its time before what it says. */
const leafOf = ({ id, xid, atMs, canonical }) => sha256(Buffer.of(0), `kapu-entry1|${id}|${xid}|${atMs}|${canonical}`);

/** RFC 9162: a tree is split at the largest power of two below its size. */
function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

function isSigned(block) {
  const { number, previousHash, hash, sealedAtMs, publicKey, signature } = block;
  const x = Buffer.from(publicKey, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const text = `kapu-head1|${number}|${previousHash}|${hash}|${sealedAtMs}|${publicKey}`;
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "hex"));
}

function fail(sentence) {
  console.log(`BROKEN  ${sentence}`);
  process.exit(1);
}

const [file, shopKey] = process.argv.slice(2);
let key = shopKey;
let before = { number: 0, hash: "0".repeat(64) };
let open = null;
let entries = [];
let last = { era: 1, xid: -1n, id: 0n };
let highestId = 0n;
let count = 0;
let isWhole = false;

/** Each entry hashes to what was sealed at its place, and comes after all before it: in an era by transaction and number. */
function checkEntry(entry, index) {
  const { number, era, entryIds, entryHashes } = open;
  const place = { era, xid: BigInt(entry.xid), id: BigInt(entry.id) };
  const isLaterInEra = place.xid > last.xid || (place.xid === last.xid && place.id > last.id);
  const isLater = era === last.era ? isLaterInEra : era > last.era && place.id > highestId;
  if (leafOf(entry).toString("hex") !== entryHashes[index]) fail(`entry ${entry.id} of block ${number} was altered`);
  if (entry.id !== entryIds[index] || !isLater) fail(`entry ${entry.id} has no place in block ${number}`);
  last = place;
}

/** The block follows from its entries and from the block before, and the shop signed it. */
function checkBlock({ number, era, previousHash, hash, root, publicKey, entryIds }) {
  if (entries.length !== entryIds.length)
    fail(`block ${number} sealed ${entryIds.length} entries, not ${entries.length}`);
  if (rootOf(entries.map(leafOf)).toString("hex") !== root) fail(`the entries of block ${number} do not give its root`);
  const text = `kapu-block1|${number}|${era}|${previousHash}|${entries.length}|${root}`;
  if (sha256(text).toString("hex") !== hash) fail(`block ${number} does not hash to what it says`);
  if (number !== before.number + 1 || previousHash !== before.hash)
    fail(`block ${number} does not follow ${before.number}`);
  key ??= publicKey;
  if (publicKey !== key || !isSigned(open)) fail(`block ${number} is not signed by ${key}`);
}

function close() {
  if (open === null) return;
  // Between eras the numbers alone ascend, so a whole block is looked at before the highest of them moves.
  entries.forEach(checkEntry);
  checkBlock(open);
  for (const { id } of entries) if (BigInt(id) > highestId) highestId = BigInt(id);
  count += entries.length;
  before = open;
  open = null;
  entries = [];
}

for await (const text of createInterface({ input: createReadStream(file) })) {
  const line = JSON.parse(text);
  if (isWhole) fail("something follows the end");
  if (line.block) {
    close();
    open = line.block;
  } else if (line.entry) entries.push(line.entry);
  else if (line.end) {
    close();
    if (line.end.blocks !== before.number || line.end.entries !== count)
      fail("the end counts other lines than there are");
    isWhole = true;
  }
}
if (!isWhole) fail("the file was cut off");
console.log(`${before.number} blocks with ${count} entries are as they were sealed. Last block: ${before.hash}`);
console.log(
  `Signed by ${key}${shopKey ? "" : ", a key taken from the file: compare it with the one that the shop publishes"}`,
);

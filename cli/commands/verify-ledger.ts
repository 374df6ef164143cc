import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { keyIdOf } from "@/lib/features/ledger/hashes";
import { readLedgerLines } from "@/lib/features/ledger/ledger-file";
import { readLedger } from "@/lib/features/ledger/read-ledger";
import { toHeadView } from "@/lib/features/ledger/schema";
import { ledgerKeyOf } from "@/lib/features/ledger/seal";
import { type LedgerReport, type VerifyOptions, verifyLedger } from "@/lib/features/ledger/verify";
import { withClient } from "@/lib/platform/with-client";
import { answer, type Call, type Command, EXIT, type ExitCode, refuse, textOf } from "../command";
import { readHeads, readKeys } from "../ledger-options";
import { withShop } from "../shop";

/** The report in JSON: numbers of blocks as numbers, 64-bit ids as text. */
const toJson = (report: LedgerReport) => ({
  ...report,
  break: report.break && {
    ...report.break,
    block: report.break.block === null ? null : Number(report.break.block),
    entryId: report.break.entryId === null ? null : report.break.entryId.toString(),
  },
  unsealed: { ...report.unsealed, oldestAtMs: asNumber(report.unsealed.oldestAtMs) },
  head: report.head && toHeadView(report.head),
});

const asNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));

function describeKey({ publicKey, isKeyTrusted }: LedgerReport): string[] {
  if (publicKey === null) return [];
  const key = `Signed with the key ${keyIdOf(publicKey)} (${publicKey}).`;
  if (isKeyTrusted) return [key];
  return [
    key,
    "That key was taken from the ledger itself. Compare it with the one the shop publishes, or give --key or --heads.",
  ];
}

function describe(report: LedgerReport): string[] {
  const { unsealed, head, savedHeadsCompared } = report;
  const verdict = report.break ? [`BROKEN  ${report.break.sentence}`] : ["The ledger is as it was sealed."];
  const compared = savedHeadsCompared > 0 ? [`${savedHeadsCompared} heads that were published earlier agree.`] : [];
  const tail = report.break ? [] : [`${unsealed.entries} entries are not sealed yet.`];
  const reach = `${report.blocks} blocks with ${report.entries} entries were recomputed and found in order.`;
  return [
    ...verdict,
    reach,
    ...(head ? [`Last block in order: ${head.number}, ${head.hash}.`] : []),
    ...describeKey(report),
    ...compared,
    ...tail,
  ];
}

function conclude(call: Call, report: LedgerReport): ExitCode {
  answer(call, toJson(report), describe(report));
  return report.isIntact ? EXIT.done : EXIT.refused;
}

async function verifyFile(call: Call, name: string, options: VerifyOptions): Promise<ExitCode> {
  const file = path.resolve(call.terminal.folder, name);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return refuse(call, { code: "no_file", message: `There is no file ${name}.` }, EXIT.usage);
  return conclude(call, await verifyLedger(readLedgerLines(createReadStream(file)), options));
}

/** Against the shop's own database, its own key is the one to trust, unless the caller names others. */
const verifyDatabase = (call: Call, { trustedKeys, savedHeads }: VerifyOptions): Promise<ExitCode> =>
  withShop(async ({ deps, database }) => {
    const own = new Set([ledgerKeyOf(deps).publicKey.toString("hex")]);
    const options = { savedHeads, trustedKeys: trustedKeys.size > 0 ? trustedKeys : own };
    const report = await withClient(database.urls.audit, (client) => verifyLedger(readLedger(client), options));
    return conclude(call, report);
  });

export const verifyLedgerCommand: Command = {
  name: "verify-ledger",
  usage: "[--file EXPORT] [--heads URL|FILE] [--key HEX]",
  summary:
    "Recomputes the stock ledger from its first block, in the database or in an export; exit 1 and the first entry that is not as it was sealed.",
  options: { file: { type: "string" }, heads: { type: "string" }, key: { type: "string" } },
  positionals: { min: 0, max: 0 },
  async run(call) {
    const keys = readKeys(call);
    if (!keys.ok) return refuse(call, { code: "usage", message: keys.error }, EXIT.usage);
    const heads = await readHeads(call);
    if (!heads.ok) return refuse(call, { code: "no_heads", message: heads.error }, EXIT.failed);
    const options = { trustedKeys: keys.value, savedHeads: heads.value };
    const file = textOf(call, "file");
    return file === undefined ? verifyDatabase(call, options) : verifyFile(call, file, options);
  },
};

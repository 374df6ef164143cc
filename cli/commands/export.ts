import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { writeLedgerLines } from "@/lib/features/ledger/ledger-file";
import { readLedger } from "@/lib/features/ledger/read-ledger";
import { ledgerKeyOf } from "@/lib/features/ledger/seal";
import { withClient } from "@/lib/platform/with-client";
import { answer, type Command, EXIT, refuse, textOf } from "../command";
import { withShop } from "../shop";

const WHAT = ["ledger"];

/** Written beside the file and renamed at the end: a file of that name is whole, whenever the command is killed. */
async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.part`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

export const exportCommand: Command = {
  name: "export",
  usage: "ledger --out FILE",
  summary: "Writes the stock ledger as JSON lines that kapu verify-ledger --file judges without any database.",
  options: { out: { type: "string" } },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const what = call.positionals[0] ?? "";
    const out = textOf(call, "out");
    if (!WHAT.includes(what)) {
      return refuse(
        call,
        { code: "usage", message: `There is no export of ${what}; there is: ${WHAT.join(", ")}.` },
        EXIT.usage,
      );
    }
    if (!out) return refuse(call, { code: "usage", message: "Name the file: --out FILE." }, EXIT.usage);
    const file = path.resolve(call.terminal.folder, out);
    return withShop(async ({ deps, database }) => {
      const header = { publicKey: ledgerKeyOf(deps).publicKey.toString("hex"), exportedAtMs: deps.clock.now() };
      let lines = 0;
      await withClient(database.urls.audit, async (client) => {
        async function* counted() {
          for await (const line of writeLedgerLines(readLedger(client), header)) {
            lines++;
            yield line;
          }
        }
        await writeWhole(file, counted());
      });
      answer(call, { file, lines }, [`${lines} lines were written to ${file}.`]);
      return EXIT.done;
    });
  },
};

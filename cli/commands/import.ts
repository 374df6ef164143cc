import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { findVariantId } from "@/lib/features/catalog/find-variant";
import { PLAIN } from "@/lib/features/imports/rules";
import { findPoolId } from "@/lib/features/pools/find-pool";
import { type ImportRefusal, importCards } from "@/lib/flows/import-cards";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import type { ImportReport } from "@/lib/flows/write-cards";
import { answer, type Call, type Command, EXIT, type ExitCode, refuse, textOf } from "../command";
import { type OpenedShop, withShop } from "../shop";

/** `auto` tells by the file: one card per line unless it is unmistakably more, as docs/imports.md says. */
const FORMATS = ["auto", "txt"];

const SENTENCES: Readonly<Record<ImportRefusal, string>> = {
  not_found: "There is no such variant: name it by its id (var_…) or its SKU.",
  empty_file: "The file holds no card. Nothing was imported.",
  binary_file: "The file is neither text nor an xlsx workbook. Nothing was imported.",
  old_workbook: "A workbook of the old kind (xls), or locked by a password: save it as xlsx. Nothing was imported.",
  file_too_large: "The file is larger than one import may be. Nothing was imported.",
  unclosed_quote: "A quote in the table is never closed. Nothing was imported.",
  broken_json: "The JSON is cut off or malformed. Nothing was imported.",
  no_list: "There is no list of cards in the JSON. Nothing was imported.",
  broken_workbook: "The xlsx workbook is cut off or damaged. Nothing was imported.",
  no_sheet: "The archive is no xlsx workbook. Nothing was imported.",
  too_many_columns: "The table has more than 200 columns. Nothing was imported.",
  undecodable: "There are bytes that the file's encoding does not have. Nothing was imported.",
  interrupted: "Another import took this one for dead. Nothing was imported; run it again.",
};

const NO_POOL =
  "The variant's merchant has no such pool, or several of this name: name it by its id. Nothing was imported.";

async function openSource(call: Call, name: string): Promise<AsyncIterable<Uint8Array> | null> {
  if (name === "-") return call.terminal.input;
  const file = path.resolve(call.terminal.folder, name);
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? createReadStream(file) : null;
}

function progressOf({ terminal, isJson }: Call): ((report: ImportReport) => void) | undefined {
  if (isJson || !terminal.isWatched) return undefined;
  return ({ lines, accepted }) => terminal.err(`\r${lines} lines read, ${accepted} accepted`);
}

async function importInto(call: Call, { deps }: OpenedShop, source: AsyncIterable<Uint8Array>): Promise<ExitCode> {
  const variantId = await findVariantId(deps, textOf(call, "variant") ?? "");
  if (!variantId) return refuse(call, { code: "not_found", message: SENTENCES.not_found });
  const poolName = textOf(call, "pool");
  const poolId = poolName && (await findPoolId(deps, { variantId, name: poolName }));
  if (poolId === null) return refuse(call, { code: "no_such_pool", message: NO_POOL });
  const publish = call.values.draft !== true;
  const imported = await importCards(deps, {
    variantId,
    merchantId: null,
    ...(poolId && { poolId }),
    source,
    actor: { kind: "command_line" },
    note: textOf(call, "note"),
    publish,
    ...(textOf(call, "format") === "txt" ? { reading: PLAIN } : {}),
    onProgress: progressOf(call),
  });
  if (!imported.ok) return refuse(call, { code: imported.error, message: SENTENCES[imported.error] });
  if (publish) await refreshStockBands(deps);
  const { accepted, duplicate, rejected, lines } = imported.value;
  const state = publish ? "on sale" : "in a draft batch, not on sale";
  answer(call, { accepted, duplicate, rejected }, [
    `${lines} lines: ${accepted} accepted and ${state}, ${duplicate} duplicate, ${rejected} rejected.`,
  ]);
  return EXIT.done;
}

export const importCommand: Command = {
  name: "import",
  usage: "--variant <id|sku> [--pool <id|name>] [--format auto] [--draft] [--note TEXT] FILE|-",
  summary: "Adds the cards of a file and puts them on sale. The same file again adds nothing.",
  options: {
    variant: { type: "string" },
    pool: { type: "string" },
    format: { type: "string" },
    draft: { type: "boolean" },
    note: { type: "string" },
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    if (!textOf(call, "variant")) {
      return refuse(call, { code: "usage", message: "Name the variant: --variant <id|sku>." }, EXIT.usage);
    }
    const format = textOf(call, "format") ?? "auto";
    if (!FORMATS.includes(format)) {
      return refuse(call, { code: "usage", message: `--format is one of: ${FORMATS.join(", ")}.` }, EXIT.usage);
    }
    const source = await openSource(call, call.positionals[0] ?? "");
    if (!source)
      return refuse(call, { code: "no_file", message: `There is no file ${call.positionals[0]}.` }, EXIT.usage);
    return withShop((shop) => importInto(call, shop, source));
  },
};

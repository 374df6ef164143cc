import { importCards } from "@/lib/flows/import-cards";
import { publishBatch } from "@/lib/flows/publish-batch";
import { releaseDeducted } from "@/lib/flows/release-deducted";
import type { ImportReport } from "@/lib/flows/write-cards";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Ask, Book, CardFile, Client, Heard } from "./book";
import type { By, Command } from "./commands";

type Of<T extends Command["do"]> = Extract<Command, { do: T }>;

const BROKEN = "the upload broke off";

async function* read(lines: readonly string[], isBroken = false): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.map((line) => `${line}\n`).join(""));
  if (isBroken) throw new Error(BROKEN);
}

function newFile(
  book: Book,
  { variant, cards, pool = 0 }: { variant: number; cards: number; pool?: number },
): CardFile {
  const n = book.files.length;
  const lines = Array.from({ length: cards }, (_, line) => `CARD-OF-FILE-${n}-LINE-${line}-${variant}`);
  const file: CardFile = { variant, pool, lines, batchId: null, state: "unknown" };
  book.files.push(file);
  for (const line of lines) book.variantOfSecret.set(line, variant);
  return file;
}

const commandOf = ({ stage }: Book, { variant, pool, lines }: CardFile) => ({
  variantId: stage.scenery.variants[variant]?.variantId as string,
  poolId: stage.scenery.pools[pool] as string,
  merchantId: stage.scenery.merchant,
  source: read(lines),
  actor: viewerOf(stage.scenery, "merchant"),
});

export function viewerOf({ merchant: merchantId, user: userId }: Book["stage"]["scenery"], by: By): Viewer {
  if (by === "admin") return { kind: "admin", userId };
  return { kind: "merchant", userId, merchantId: by === "merchant" ? merchantId : newId() };
}

function noteFile(book: Book, file: CardFile, { publish, report }: { publish: boolean; report: ImportReport }): void {
  if (report.accepted + report.duplicate + report.rejected !== report.lines || report.lines !== file.lines.length)
    book.wrong(null, `a file of ${file.lines.length} lines was reported as ${JSON.stringify(report)}`);
  if (report.accepted === file.lines.length) file.batchId = report.batchId;
  if (file.state !== "unknown") return;
  file.state = publish ? "on sale" : "draft";
  book.lay(file.variant, file.pool, file.lines.length);
  const counts = publish ? book.onSale : book.drafts;
  counts[file.variant] = (counts[file.variant] ?? 0) + file.lines.length;
}

/** Every line is a card once, also when the answer was lost and the file is sent again. */
export function restock(book: Book, { publish, ...wish }: Of<"restock">): Ask {
  const file = newFile(book, wish);
  return {
    kind: publish ? "restock" : "import",
    client: null,
    async run(deps): Promise<Heard> {
      const imported = await importCards(deps, { ...commandOf(book, file), publish });
      if (!imported.ok)
        return { words: imported.error, note: () => book.wrong(null, `an import heard ${imported.error}`) };
      return { words: "imported", note: () => noteFile(book, file, { publish, report: imported.value }) };
    },
  };
}

/** A file that is in adds nothing, however often it is sent. */
export function importAgain(book: Book, file: CardFile): Ask {
  return {
    kind: "import again",
    client: null,
    async run(deps) {
      const imported = await importCards(deps, { ...commandOf(book, file), publish: true });
      const words = imported.ok ? `${imported.value.accepted} accepted` : imported.error;
      const note = () => {
        if (words !== "0 accepted") book.wrong(null, `the same file again: ${words}`);
      };
      return { words, note };
    },
  };
}

/** What an upload had brought when it broke off is withdrawn, and never was for sale. */
export function withdraw(book: Book, { variant, cards }: Of<"withdraw">): Ask {
  const file = newFile(book, { variant, cards });
  return {
    kind: "withdraw",
    client: null,
    async run(deps) {
      try {
        const imported = await importCards(deps, {
          ...commandOf(book, file),
          source: read(file.lines, true),
          publish: true,
        });
        const words = imported.ok ? "imported" : imported.error;
        return { words, note: () => book.wrong(null, `an upload that broke off was ${words}`) };
      } catch (error) {
        if ((error as Error).message === BROKEN) return { words: "withdrawn" };
        throw error;
      }
    },
  };
}

/** A draft goes on sale, once. */
export function publish(book: Book, file: CardFile): Ask {
  return {
    kind: "publish",
    client: null,
    async run(deps) {
      const { scenery } = book.stage;
      const published = await publishBatch(deps, {
        batchId: file.batchId as string,
        merchantId: scenery.merchant,
        actor: viewerOf(scenery, "merchant"),
      });
      if (!published.ok)
        return { words: published.error, note: () => book.wrong(null, `publishing heard ${published.error}`) };
      const note = () => {
        if (file.state !== "draft") return;
        file.state = "on sale";
        book.drafts[file.variant] = (book.drafts[file.variant] ?? 0) - file.lines.length;
        book.onSale[file.variant] = (book.onSale[file.variant] ?? 0) + file.lines.length;
      };
      return { words: "published", note };
    },
  };
}

/** Only what an expired order of *deduct on order* holds is given back by hand, and only by whom it belongs to. */
export function release(book: Book, client: Client, { by }: Of<"release">): Ask {
  const orderId = client.order?.id as string;
  return {
    kind: "release",
    client,
    async run(deps) {
      const released = await releaseDeducted(deps, viewerOf(book.stage.scenery, by), orderId);
      const words = released.ok ? "released" : released.error;
      const note = () => {
        if ((by === "stranger") !== (words === "not_found")) book.wrong(client, `releasing by ${by} heard ${words}`);
      };
      return { words, note };
    },
  };
}

import type pg from "pg";

/** What the driver calls of a query while rows are being copied; it knows the exchange and gives it no name. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Sends the pieces by `COPY … FROM STDIN`. */
export class CopyIn {
  readonly done: Promise<void>;
  readonly #text: string;
  readonly #pieces: readonly Buffer[];
  #end: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => {}, reject: () => {} };

  constructor(text: string, pieces: readonly Buffer[]) {
    this.#text = text;
    this.#pieces = pieces;
    this.done = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
  }
  submit(connection: CopyConnection): void {
    connection.query(this.#text);
  }
  handleCopyInResponse(connection: CopyConnection): void {
    for (const piece of this.#pieces) connection.sendCopyFromChunk(piece);
    connection.endCopyFrom();
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#end.resolve();
  }
  handleError(error: unknown): void {
    this.#end.reject(error);
  }
}

const COLUMNS = [
  "file_id",
  "line",
  "kind",
  "account_id",
  "gateway_trade_number",
  "part",
  "out_trade_no",
  "amount_minor",
  "currency",
  "fee",
  "occurred_at",
  "status",
  "raw",
].join(", ");
const PIECE = 5_000;

interface Row {
  readonly text: string;
}

/**
 * Copies an account's rows, as they stand in the table, into a table of the same columns, with or without its indexes. The texts are
 * made before the clock runs: what is measured is Postgres alone.
 */
export async function copyRows(
  client: pg.Client,
  { accountId, keys }: { readonly accountId: string; readonly keys: boolean },
): Promise<number> {
  await client.query(`DROP TABLE IF EXISTS statement_copy`);
  await client.query(
    `CREATE TABLE statement_copy (LIKE statement_row INCLUDING DEFAULTS${keys ? " INCLUDING INDEXES" : ""})`,
  );
  const pieces: Buffer[] = [];
  for (let after = 0; ; ) {
    const { rows } = await client.query<Row & { line: number }>(
      `SELECT line, concat_ws(E'\\t', file_id, line, kind, account_id, gateway_trade_number, part, out_trade_no, amount_minor, currency, fee, occurred_at, status,
                              replace(raw::text, E'\\\\', E'\\\\\\\\')) AS text
         FROM statement_row WHERE account_id = $1 AND line > $2 ORDER BY file_id, line LIMIT ${PIECE}`,
      [accountId, after],
    );
    if (rows.length === 0) break;
    pieces.push(Buffer.from(`${rows.map(({ text }) => text).join("\n")}\n`));
    after = rows.at(-1)?.line ?? after;
  }
  const copy = new CopyIn(`COPY statement_copy (${COLUMNS}) FROM STDIN`, pieces);
  const startedAt = performance.now();
  client.query(copy as unknown as pg.Submittable);
  await copy.done;
  const seconds = (performance.now() - startedAt) / 1_000;
  await client.query("DROP TABLE statement_copy");
  return seconds;
}

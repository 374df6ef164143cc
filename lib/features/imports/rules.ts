/** What texts are written in. Every one has its decoder in the runtime. */
export const ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * What a file holds:
 * - lines: each line is a card, as it stands, whatever it is divided by
 * - blocks: several lines are a card, up to a blank line or a line of equal signs
 * - table: rows of cells, of which some are the card
 * - json: a list of texts or of objects
 * - xlsx: the first sheet of a workbook
 */
export const FORMATS = ["lines", "blocks", "table", "json", "xlsx"] as const;
export type Format = (typeof FORMATS)[number];

/** What divides the cells of a row; the first four know quotes (RFC 4180). */
export const DELIMITERS = [",", "\t", ";", "|", "----", "║", ":", " "] as const;
export const QUOTING = 4;

/** What ends a block. */
export const BLOCK_ENDS = ["blank", "rule"] as const;

/** How a file is read: everything that decides which cards are in it, so that a second reading finds the same ones. */
export interface Reading {
  readonly encoding: Encoding;
  readonly format: Format;
  /** Of a table its delimiter, of blocks what ends one; otherwise "". */
  readonly separator: string;
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean;
  /** The names of the columns of a table or a sheet, or of the fields of the objects of a list. */
  readonly columns: readonly string[];
  /** Which of them are the card, by place; several are joined by `----`. */
  readonly chosen: readonly number[];
  /** Which of them is what the public may know of the card, and which what it costs beyond its price, by place; null: none. */
  readonly preview: number | null;
  readonly extra: number | null;
  /** Under which name of a JSON object the list stands; "" where the list is the whole file. */
  readonly list: string;
  /** Blanks at the end of a card are cut off; otherwise nothing of a card is ever changed. */
  readonly trimsEnd: boolean;
}

/** One card per line, in UTF-8. */
export const PLAIN: Reading = {
  encoding: "utf-8",
  format: "lines",
  separator: "",
  hasHeader: false,
  columns: [],
  chosen: [],
  preview: null,
  extra: null,
  list: "",
  trimsEnd: false,
};

/** What stands between the chosen cells of a card: what the field divides accounts and passwords by. */
export const JOINER = "----";

/**
 * Why something is no card:
 * - empty: blanks only
 * - too_long: more bytes than a card may have
 * - nul: with a NUL byte, as no text has
 * - not_utf8, wrong_encoding: bytes that the encoding does not have
 * - columns: more or fewer cells than there are columns, so that nobody can say which is which
 * - formula: a cell whose text a program would have to work out
 * - number_format: a cell that shows something else than it holds, such as a date or a price
 * - imprecise: a number of more than 15 digits, of which the spreadsheet has lost the last ones
 * - cell_error: a cell that shows an error
 * - nested: a list or an object where a text was to be
 * - preview_malformed, preview_shows_secret, extra_malformed, extra_without_preview: what is to be public about it cannot be
 */
export const ITEM_REFUSALS = [
  "empty",
  "too_long",
  "nul",
  "not_utf8",
  "wrong_encoding",
  "columns",
  "formula",
  "number_format",
  "imprecise",
  "cell_error",
  "nested",
  "preview_malformed",
  "preview_shows_secret",
  "extra_malformed",
  "extra_without_preview",
] as const;
export type ItemRefusal = (typeof ITEM_REFUSALS)[number];

/** What the cells of a row say of its card, as they stand there. */
export interface About {
  readonly preview: string;
  readonly extra: string;
}

/** A card's bytes in UTF-8, or the reason why it is none. `line` is where it begins: a line, a row, or a place in a list; from 1. */
export type CardItem =
  | { readonly line: number; readonly bytes: Uint8Array; readonly refusal: null; readonly about?: About }
  | { readonly line: number; readonly bytes: null; readonly refusal: ItemRefusal };

/**
 * Why a file is not read, or not read on:
 * - binary_file: neither a text nor a workbook; old_workbook: one of the old kind, or locked by a password
 * - unclosed_quote: what is behind an open quote could be anything
 * - broken_json, broken_workbook: cut off, or never whole
 * - no_list: JSON in which no list of cards is found; no_sheet: an archive that is no workbook
 * - too_many_columns, file_too_large: past a bound
 */
export const FILE_REFUSALS = [
  "empty_file",
  "binary_file",
  "old_workbook",
  "file_too_large",
  "unclosed_quote",
  "broken_json",
  "no_list",
  "broken_workbook",
  "no_sheet",
  "too_many_columns",
  "undecodable",
] as const;
export type FileRefusal = (typeof FILE_REFUSALS)[number];

export interface FileFault {
  readonly reason: FileRefusal;
  /** Where it was met; 0 where that says nothing. */
  readonly line: number;
}

export const fault = (reason: FileRefusal, line = 0): FileFault => ({ reason, line });

export interface FileBounds {
  readonly bytesMax: number;
  readonly linesMax: number;
}

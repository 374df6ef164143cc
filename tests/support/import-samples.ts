import { readFileSync } from "node:fs";
import path from "node:path";
import type { Reading } from "@/lib/features/imports/rules";

/** A file as merchants have it, and what is expected of it: its cards in order, and what is refused, by line. */
export interface ImportSample {
  readonly name: string;
  readonly what: string;
  readonly reading: Partial<Reading>;
  readonly cards: readonly string[];
  readonly rejects?: Readonly<Record<number, string>>;
}

const lines = (encoding: Reading["encoding"] = "utf-8") => ({ format: "lines", encoding }) as const;

export const IMPORT_SAMPLES: readonly ImportSample[] = [
  {
    name: "keys.txt",
    what: "one key per line",
    reading: lines(),
    cards: ["ABCD-1F3G-77KQ-PL0X", "ABCD-2H8J-19MN-TT4W", "ABCD-9Z0C-55RS-QQ7E"],
  },
  {
    name: "keys-bom-crlf.txt",
    what: "with a mark, CRLF, a blank line and a repeated key",
    reading: lines(),
    cards: ["KEY-0001-AAAA", "KEY-0002-BBBB", "KEY-0003-CCCC", "KEY-0001-AAAA"],
    rejects: { 3: "empty" },
  },
  { name: "keys-cr.txt", what: "lone CR", reading: lines(), cards: ["OLD-0001", "OLD-0002", "OLD-0003"] },
  {
    name: "dashes.txt",
    what: "number and password, four dashes",
    reading: lines(),
    cards: ["880012340001----593177204418", "880012340002----000177204419", "880012340003----593177204420"],
  },
  {
    name: "accounts.txt",
    what: "four fields, with other separators inside",
    reading: lines(),
    cards: [
      "mia.t0x1@example.net----Pw_9f!2c----rec.77@example.org----JBSWY3DPEHPK3PXP",
      'leo.k2@example.net----q|1,2"x----rec.78@example.org----KRSXG5CTMVRRAAAA',
    ],
  },
  {
    name: "proxies.txt",
    what: "colons",
    reading: lines(),
    cards: ["203.0.113.9:8080:user:pass", "203.0.113.10:8080:user2:p:a:s:s"],
  },
  {
    name: "pipes.txt",
    what: "bars",
    reading: lines(),
    cards: ["4000000000000002|12/29|123", "4000000000000010|01/30|007"],
  },
  { name: "tabs.txt", what: "tabs without a header", reading: lines(), cards: ["user01\tZx12!", "user02\tZx34!"] },
  {
    name: "labelled-gbk.txt",
    what: "labelled fields in GBK",
    reading: lines("gb18030"),
    cards: [
      "账号 user01@example.com----密码 Zx12!----生日 1990-01-02",
      "账号 user02@example.com----密码 卡铺９９----生日 1991-03-04",
      "账号 user03@example.com----密码 续费包年----生日 1992-05-06",
    ],
  },
  {
    name: "labelled-big5.txt",
    what: "labelled fields in Big5",
    reading: lines("big5"),
    cards: [
      "帳號 user01@example.com----密碼 Zx12!----備註 臺灣電話卡儲值",
      "帳號 user02@example.com----密碼 Zx34!----備註 香港遊戲點數",
    ],
  },
  {
    name: "utf16le.txt",
    what: "UTF-16, little endian, with its mark",
    reading: lines("utf-16le"),
    cards: ["卡密一号----0001", "卡密二号----0002"],
  },
  {
    name: "utf16be.txt",
    what: "UTF-16, big endian, with a letter of two halves",
    reading: lines("utf-16be"),
    cards: ["卡密一号----0001", "卡密二号----😀0002"],
  },
  {
    name: "utf16le-no-mark.txt",
    what: "UTF-16 without a mark",
    reading: lines("utf-16le"),
    cards: ["KEY-0001", "KEY-0002", "KEY-0003"],
  },
  {
    name: "pick-your-own.txt",
    what: "secret║preview║extra price║cost",
    reading: { format: "table", separator: "║", hasHeader: false, chosen: [0] },
    cards: ["KEY-7781-AA", "KEY-7781-AB"],
  },
  {
    name: "quoted.csv",
    what: "a header, quoted commas and quoted line breaks: one card is two lines",
    reading: { format: "table", separator: ",", hasHeader: true, columns: ["secret", "note"], chosen: [0] },
    cards: ['a,b"c', "line one\r\nline two", "plain-0003"],
  },
  {
    name: "accounts-gbk.csv",
    what: "account and password in GBK; a row with a cell too many is refused and not cut",
    reading: { format: "table", encoding: "gb18030", separator: ",", chosen: [0, 1] },
    cards: ["0012345----pass-01", "0012346----pa,ss-02"],
    rejects: { 4: "columns" },
  },
  {
    name: "cards.tsv",
    what: "card number and secret, tabs; the face value is no part of the card",
    reading: { format: "table", separator: "\t", hasHeader: true, chosen: [0, 1] },
    cards: ["6200000000000000001----000123", "6200000000000000002----000124"],
  },
  {
    name: "codes.json",
    what: "an object with a list; numbers keep every digit",
    reading: { format: "json", list: "codes", columns: [] },
    cards: ["K1-AAAA", "K2-BBBB", "8800123400001234567"],
    rejects: { 3: "empty" },
  },
  {
    name: "list.json",
    what: "a list of texts",
    reading: { format: "json", list: "", columns: [] },
    cards: ["K1-CCCC", "K2-卡密"],
  },
  {
    name: "accounts.json",
    what: "a list of objects",
    reading: { format: "json", list: "", columns: ["account", "password", "note"], chosen: [0, 1] },
    cards: ["a01----b01", "a02----b02"],
    rejects: { 3: "nested" },
  },
  {
    name: "long.txt",
    what: "long payloads, a link with its code",
    reading: lines(),
    cards: [
      "vmess://eyJ2IjoiMiIsInBzIjoi5rWL6K+VIiwiYWRkIjoiMjAzLjAuMTEzLjkifQ==",
      "https://example.com/dl/abc 提取码 x7k2",
    ],
  },
  {
    name: "blocks.txt",
    what: "blocks of labelled lines between blank lines",
    reading: { format: "blocks", separator: "blank" },
    cards: [
      "账号：user01\n密码：Zx12!\n密保：卡铺",
      "账号：user02\n密码：Zx34!\n密保：卡铺",
      "账号：user03\n密码：Zx56!\n密保：卡铺",
    ],
  },
  {
    name: "blocks-ruled.txt",
    what: "blocks between lines of equal signs, a blank line inside one",
    reading: { format: "blocks", separator: "rule" },
    cards: ["user01 / Zx12!\n\nhint: second line", "user02 / Zx34!", "user03 / Zx56!"],
  },
  {
    name: "literal.txt",
    what: "what must stay as it is: zeros, %0A, full-width signs, blanks, long numbers",
    reading: lines(),
    cards: ["0000123", "%0A%20literal", "：全角，标点！", "  leading and trailing  ", "6212345678901234567"],
  },
  {
    name: "cards.xlsx",
    what: "a workbook: texts, whole numbers and zeros that are shown; no formulas, dates and lost digits",
    reading: { format: "xlsx", hasHeader: true, columns: ["卡密", "备注"], chosen: [0] },
    cards: ["XL-0001-AAAA", "XL-0002-BBBB ", "000123", "880012340001", "000123", "two\nlines & more\r"],
    rejects: { 7: "imprecise", 8: "formula", 9: "number_format", 10: "cell_error" },
  },
];

/** The bytes of a sample. */
export const readSample = (name: string): Buffer => readFileSync(path.resolve("tests/fixtures/imports", name));

/** GBK, which Node decodes but does not encode: the decoder's own table, turned round. */
let table: Map<string, number> | null = null;

function gbkTable(): Map<string, number> {
  const decoder = new TextDecoder("gbk");
  const letters = new Map<string, number>();
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) {
      const letter = decoder.decode(Uint8Array.of(high, low));
      if (low !== 0x7f && letter.length === 1 && letter !== "\ufffd" && !letters.has(letter)) {
        letters.set(letter, (high << 8) | low);
      }
    }
  }
  return letters;
}

/** The text in GBK; a letter that GBK lacks becomes `?`, as Alipay's own files have it. */
export function toGbk(text: string): Buffer {
  table ??= gbkTable();
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const pair = table.get(letter);
    if (code < 0x80) bytes.push(code);
    else if (pair === undefined) bytes.push(0x3f);
    else bytes.push(pair >> 8, pair & 0xff);
  }
  return Buffer.from(bytes);
}

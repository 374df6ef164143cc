/** The words about stock, to merchants and to buyers who wait. Pure. No letter names a card. */

export interface ToldVariant {
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly available: number;
}

const rowOf = ({ sku, titleZh, titleEn, available }: ToldVariant): string =>
  `· ${titleZh} / ${titleEn}（${sku}）：剩 ${available} / ${available} left`;

/** As many rows as fit into so many letters, and how many more there are. */
function listOf(variants: readonly ToldVariant[], lettersMax: number): string {
  const rows: string[] = [];
  let letters = 0;
  for (const variant of variants) {
    const row = rowOf(variant);
    letters += row.length + 1;
    if (letters > lettersMax) break;
    rows.push(row);
  }
  const left = variants.length - rows.length;
  return [...rows, ...(left > 0 ? [`… +${left}`] : [])].join("\n");
}

/**
 * What a merchant is told of stock that runs low, in both languages because nobody chose one. Bots have little room: what does not fit is
 * counted.
 */
export function stockWords(
  variants: readonly ToldVariant[],
  link: string,
  lettersMax = Number.POSITIVE_INFINITY,
): string {
  const lines =
    variants.length > 0
      ? ["这些规格快卖完了 / Running low:", listOf(variants, lettersMax)]
      : ["库存已经补上，现在没有低于预警线的规格。/ Filled up by now: nothing runs low."];
  return [...lines, `补货和预警设置 / Stock: ${link}`].join("\n\n");
}

export const TEST_WORDS = "卡铺：库存预警已接通。/ Kapu: stock warnings will arrive here.";

/** The same as a letter. */
export const writeStockLetter = (
  variants: readonly ToldVariant[],
  link: string,
): { subject: string; text: string } => ({
  subject: `库存预警：${variants.length} 个规格快卖完了 / Low stock`,
  text: `${stockWords(variants, link)}\n\n补到恢复线之前，同一个规格不会再提醒。/ You are not told of the same variant again until it is filled up.\n`,
});

interface RestockLetterFacts {
  readonly title: string;
  readonly link: string;
  readonly endLink: string;
}

const RESTOCKED = {
  zh: ({ title, link, endLink }: RestockLetterFacts) => ({
    subject: `到货了：${title}`,
    lines: [
      `你想要的「${title}」又有货了，先到先得：`,
      link,
      "这封提醒只发一次，库存以页面为准。",
      `不想再收到到货提醒：${endLink}`,
    ],
  }),
  en: ({ title, link, endLink }: RestockLetterFacts) => ({
    subject: `Back in stock: ${title}`,
    lines: [
      `“${title}” is back in stock, first come, first served:`,
      link,
      "You are told once; the page says what is still there.",
      `To get no such mails any more: ${endLink}`,
    ],
  }),
};

/** To a buyer who asked to be told. */
export function writeRestockLetter(locale: "zh" | "en", facts: RestockLetterFacts): { subject: string; text: string } {
  const { subject, lines } = RESTOCKED[locale](facts);
  return { subject, text: `${lines.join("\n\n")}\n` };
}

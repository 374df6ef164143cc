/** The words of the mails to admins about a closed day, and about a cache that went astray. Pure. */

interface Sum {
  readonly quantity: number;
  /** As it is written in the letter's language, with its currency. */
  readonly amount: string;
}

export interface CloseFacts {
  readonly day: string;
  readonly link: string;
  readonly currencies: readonly (Readonly<Record<"sold" | "received" | "delivered" | "refunded" | "owed", Sum>> & {
    readonly currency: string;
  })[];
  readonly findings: { readonly opened: number; readonly closed: number; readonly open: number };
  /** Figures of earlier days that this close corrects. */
  readonly corrections: number;
}

/** "1 order", "2 orders". */
const counted = (quantity: number, thing: string) => `${quantity} ${thing}${quantity === 1 ? "" : "s"}`;

const WORDS = {
  zh: (facts: CloseFacts) => ({
    subject: `日结 ${facts.day}`,
    lines: [
      `${facts.day} 已经结好，数字从此不再变；以后发现的更正，会写在后面的日结里。`,
      ...facts.currencies.map(({ currency, sold, received, delivered, refunded, owed }) =>
        [
          `${currency}`,
          `成交 ${sold.quantity} 单 ${sold.amount}`,
          `到账 ${received.quantity} 笔 ${received.amount}`,
          `发卡 ${delivered.quantity} 单 ${delivered.amount}`,
          `退款 ${refunded.quantity} 笔 ${refunded.amount}`,
          `当日结束时欠货 ${owed.quantity} 单 ${owed.amount}`,
        ].join("\n"),
      ),
      ...(facts.currencies.length === 0 ? ["这一天没有交易。"] : []),
      `差异：新增 ${facts.findings.opened}，关闭 ${facts.findings.closed}，还没处理 ${facts.findings.open}`,
      ...(facts.corrections > 0 ? [`本次日结里有 ${facts.corrections} 条对前几天的更正，请查看原因。`] : []),
      facts.link,
    ],
  }),
  en: (facts: CloseFacts) => ({
    subject: `Daily close ${facts.day}`,
    lines: [
      `${facts.day} is closed. Its figures do not change any more; what is found later stands as a correction in a later close.`,
      ...facts.currencies.map(({ currency, sold, received, delivered, refunded, owed }) =>
        [
          `${currency}`,
          `Sold: ${counted(sold.quantity, "order")}, ${sold.amount}`,
          `Received: ${counted(received.quantity, "payment")}, ${received.amount}`,
          `Delivered: ${counted(delivered.quantity, "order")}, ${delivered.amount}`,
          `Refunded: ${counted(refunded.quantity, "refund")}, ${refunded.amount}`,
          `Owed at the end of the day: ${counted(owed.quantity, "order")}, ${owed.amount}`,
        ].join("\n"),
      ),
      ...(facts.currencies.length === 0 ? ["Nothing was traded on this day."] : []),
      `Findings: ${facts.findings.opened} opened, ${facts.findings.closed} closed, ${facts.findings.open} open`,
      ...(facts.corrections > 0
        ? [`This close corrects ${counted(facts.corrections, "figure")} of earlier days. Please look why.`]
        : []),
      facts.link,
    ],
  }),
};

/** A letter to an admin who wants one for each day, in the language they asked for. It names no buyer and no order. */
export function writeCloseLetter(locale: "zh" | "en", facts: CloseFacts): { subject: string; text: string } {
  const { subject, lines } = WORDS[locale](facts);
  return { subject, text: `${lines.join("\n\n")}\n` };
}

/** A letter to every admin, in both languages because nobody chose one. */
export function writeDriftLetter(link: string): { subject: string; text: string } {
  const lines = [
    "缓存里的数字和数据库对不上，超过了 1%。已经删掉重建，下单和发卡不受影响：库存只认数据库。",
    "反复出现的话，请检查是不是有别的程序在写这个 Redis。",
    "Figures in a cache disagreed with the database by more than 1 %. They were deleted and built anew. Orders and deliveries are not affected: only the database decides about stock.",
    "If this comes again and again, see whether another program writes to this Redis.",
    link,
  ];
  return { subject: "缓存偏差 · Cache drift", text: `${lines.join("\n\n")}\n` };
}

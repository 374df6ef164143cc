/** The words of the shop's mails. Pure. A mail carries a link, never a card. */

export type MailKind = "order_delivered" | "order_owed" | "order_link" | "card_replaced";

/** A promise that does not hold, as admins are told of it. */
export interface BrokenPromise {
  readonly invariant: string;
  readonly name: string;
  readonly rows: number;
  /** The product that was taken off sale; null when the rows lead to none. */
  readonly product: string | null;
}

export interface LetterFacts {
  readonly kind: MailKind;
  readonly locale: "zh" | "en";
  readonly orderNumber: string;
  readonly link: string;
  readonly linkMinutes: number;
  /** Of an order that was sold before it was there: until when it is delivered. */
  readonly promisedBy?: string;
  /** Of an order whose buyer chose one card that is somebody else's by now: what he read of it. */
  readonly chosen?: string;
}

interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
}

const WORDS: Record<"zh" | "en", Record<MailKind, (facts: LetterFacts) => Words>> = {
  zh: {
    order_delivered: (facts) => ({
      subject: `卡密已发出 · 订单 ${facts.orderNumber}`,
      lines: [
        "你的订单已付款，卡密已经发出。",
        `打开下面的链接查看（${facts.linkMinutes} 分钟内有效，只能用一次）：`,
        facts.link,
        "为了安全，邮件里不会出现卡密。链接过期后，可以在“查询订单”里重新索取。",
      ],
    }),
    order_owed: (facts) => ({
      subject: `已收到付款，${facts.chosen ? "你选的卡没了" : facts.promisedBy ? "等待发货" : "正在补货"} · 订单 ${facts.orderNumber}`,
      lines: [
        ...(facts.chosen
          ? [
              `你的付款已经到账，但晚于付款时限，你选的“${facts.chosen}”已经给了别人。`,
              "这笔钱没有丢：店主会退款，或征得你同意后改发另一张，不会随便顶替。不需要再付一次。",
            ]
          : facts.promisedBy
            ? [
                `你的付款已经到账。这件商品不是现货，商家最晚 ${facts.promisedBy} 发给你，发出时会再来信，不需要再付一次。`,
              ]
            : [
                "你的付款已经到账，但付款时这件商品刚好没有库存。",
                "这笔钱没有丢：一有新卡，会按付款先后自动发给你，不需要再付一次。",
              ]),
        `查看订单（${facts.linkMinutes} 分钟内有效，只能用一次）：`,
        facts.link,
      ],
    }),
    card_replaced: (facts) => ({
      subject: `卡密已更换 · 订单 ${facts.orderNumber}`,
      lines: [
        "你的订单里有一张卡密换成了新的，原来那张已经作废，请用新的。",
        `打开下面的链接查看，换过的那张会标出来（${facts.linkMinutes} 分钟内有效，只能用一次）：`,
        facts.link,
        "为了安全，邮件里不会出现卡密。链接过期后，可以在“查询订单”里重新索取。",
      ],
    }),
    order_link: (facts) => ({
      subject: `查看订单 ${facts.orderNumber}`,
      lines: [
        `打开下面的链接查看订单（${facts.linkMinutes} 分钟内有效，只能用一次）：`,
        facts.link,
        "如果不是你本人操作，请忽略这封邮件。",
      ],
    }),
  },
  en: {
    order_delivered: (facts) => ({
      subject: `Your cards are ready · order ${facts.orderNumber}`,
      lines: [
        "Your order is paid and its cards have been delivered.",
        `Open this link to see them (valid for ${facts.linkMinutes} minutes, works once):`,
        facts.link,
        "For your safety no card is ever sent by mail. When the link has expired, ask for a new one under “Find my order”.",
      ],
    }),
    order_owed: (facts) => ({
      subject: `Payment received, ${facts.chosen ? "but your card is gone" : facts.promisedBy ? "to be delivered" : "restocking"} · order ${facts.orderNumber}`,
      lines: [
        ...(facts.chosen
          ? [
              `Your payment arrived, but after its time, and “${facts.chosen}”, which you chose, is somebody else's by now.`,
              "Your money is safe: the shop refunds you, or sends another card once you agree; none is put in its place by itself. Please do not pay again.",
            ]
          : facts.promisedBy
            ? [
                `Your payment arrived. This is not sold from stock: the shop delivers it by ${facts.promisedBy}, and you are mailed when it does. Please do not pay again.`,
              ]
            : [
                "Your payment arrived, but the product had just run out.",
                "Your money is safe: new cards go out by themselves in the order of payment. Please do not pay again.",
              ]),
        `See your order (valid for ${facts.linkMinutes} minutes, works once):`,
        facts.link,
      ],
    }),
    card_replaced: (facts) => ({
      subject: `A card was replaced · order ${facts.orderNumber}`,
      lines: [
        "One card of your order was replaced by a new one. The old one is void; please use the new one.",
        `Open this link to see it, the replaced card is marked (valid for ${facts.linkMinutes} minutes, works once):`,
        facts.link,
        "For your safety no card is ever sent by mail. When the link has expired, ask for a new one under “Find my order”.",
      ],
    }),
    order_link: (facts) => ({
      subject: `See your order ${facts.orderNumber}`,
      lines: [
        `Open this link to see your order (valid for ${facts.linkMinutes} minutes, works once):`,
        facts.link,
        "If you did not ask for this, simply ignore it.",
      ],
    }),
  },
};

/** A plain-text letter in the order's language. */
export function writeLetter(facts: LetterFacts): { subject: string; text: string } {
  const { subject, lines } = WORDS[facts.locale][facts.kind](facts);
  return { subject, text: `${lines.join("\n\n")}\n` };
}

/**
 * A letter to an admin, in both languages because nobody chose one. It names products and counts, and no row: whoever reads
 * the mailbox is not always an admin.
 */
export function writeAlert(broken: readonly BrokenPromise[], link: string): { subject: string; text: string } {
  const list = broken.map(({ invariant, name, rows, product }) => `${invariant} ${name} (${rows}) · ${product ?? "—"}`);
  const lines = [
    "审计发现店铺的承诺被打破。涉及的商品已自动停售，直到管理员查明原因并说明后恢复：",
    "The audit found promises of the shop broken. The products they concern are off sale until an admin has looked and resumes them with a reason:",
    list.join("\n"),
    "后面没有商品的，系统无法判断该停售什么，请立即查看。",
    "Where no product is named, nothing could be halted. Please look at once.",
    link,
  ];
  const names = [...new Set(broken.map(({ invariant }) => invariant))].join(", ");
  return { subject: `审计警报 · Audit alert · ${names || "—"}`, text: `${lines.join("\n\n")}\n` };
}

import { textOfOrderLetter } from "./order-letter";

/** The words of the mails about disputes. Pure. They carry no card, and no word of the thread but the reason of a decision. */

export type DisputeMailKind =
  | "dispute_received"
  | "dispute_answered"
  | "dispute_escalated"
  | "dispute_decided"
  | "dispute_closed";

export interface DisputeLetter {
  readonly orderNumber: string;
  /** Which card of the order; null: the whole order. */
  readonly position: number | null;
  /** Until when the side whose turn it is has time, as people read it; null: no deadline. */
  readonly due: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  /** "¥10.00", where money moves. */
  readonly amount: string | null;
  readonly reopenDays: number;
  readonly link: string;
  readonly linkMinutes: number;
}

interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
}

const aboutZh = ({ position }: DisputeLetter) => (position === null ? "这笔订单" : `第 ${position} 张卡`);
const aboutEn = ({ position }: DisputeLetter) => (position === null ? "this order" : `card ${position}`);

const outcomeZh = ({ outcome, amount }: DisputeLetter): string =>
  ({
    replace: "处理结果：换卡。新卡会出现在原来的位置；暂时没有库存的话，一到货就自动换好。",
    refund: `处理结果：退款 ${amount ?? ""}。退款进度会另外发邮件。`,
    compensate: `处理结果：补偿 ${amount ?? ""}，已经放进你在本店的余额，下单时选“余额”就能用。`,
    reject: "处理结果：不予支持。",
  })[outcome ?? "reject"] ?? "";

const outcomeEn = ({ outcome, amount }: DisputeLetter): string =>
  ({
    replace:
      "Outcome: the card is replaced. The new one stands in its place; if there is no stock right now, it follows by itself as soon as there is.",
    refund: `Outcome: ${amount ?? ""} is refunded. You will hear of the refund in a mail of its own.`,
    compensate: `Outcome: ${amount ?? ""} has been added to your balance at the shop. Choose “Balance” when you order to spend it.`,
    reject: "Outcome: the report was not upheld.",
  })[outcome ?? "reject"] ?? "";

const mayReopen = ({ outcome }: DisputeLetter): boolean => outcome === "reject" || outcome === "compensate";

const ZH: Record<DisputeMailKind, (facts: DisputeLetter) => Words> = {
  dispute_received: (facts) => ({
    subject: `售后已受理 · 订单 ${facts.orderNumber}`,
    lines: [
      `你反馈的${aboutZh(facts)}已经登记，店主也收到了提醒。`,
      ...(facts.due ? [`店主要在 ${facts.due} 前答复，超时会自动转给平台处理，请安心等待。`] : []),
    ],
  }),
  dispute_answered: (facts) => ({
    subject: `售后有新答复 · 订单 ${facts.orderNumber}`,
    lines: [
      `你反馈的${aboutZh(facts)}有了新的答复，请打开订单查看。`,
      ...(facts.due ? [`需要补充的话，请在 ${facts.due} 前回复；不满意可以申请平台介入。`] : []),
    ],
  }),
  dispute_escalated: (facts) => ({
    subject: `售后已转平台处理 · 订单 ${facts.orderNumber}`,
    lines: [`店主没有按时答复你反馈的${aboutZh(facts)}，已经转给平台处理。有结果会再发邮件给你。`],
  }),
  dispute_decided: (facts) => ({
    subject: `售后有结果了 · 订单 ${facts.orderNumber}`,
    lines: [
      `你反馈的${aboutZh(facts)}已经处理。`,
      outcomeZh(facts),
      `说明：${facts.reason ?? ""}`,
      ...(mayReopen(facts) ? [`不认可的话，${facts.reopenDays} 天内可以在订单里重新打开，由平台复核。`] : []),
    ],
  }),
  dispute_closed: (facts) => ({
    subject: `售后已关闭 · 订单 ${facts.orderNumber}`,
    lines: [
      `你反馈的${aboutZh(facts)}一直没有等到你的回复，现已关闭。`,
      `问题还在的话，${facts.reopenDays} 天内可以在订单里重新打开。`,
    ],
  }),
};

const EN: Record<DisputeMailKind, (facts: DisputeLetter) => Words> = {
  dispute_received: (facts) => ({
    subject: `We have your report · order ${facts.orderNumber}`,
    lines: [
      `Your report about ${aboutEn(facts)} is on record, and the shop has been told.`,
      ...(facts.due
        ? [`The shop has until ${facts.due} to answer. After that the platform takes over; you need not do anything.`]
        : []),
    ],
  }),
  dispute_answered: (facts) => ({
    subject: `An answer to your report · order ${facts.orderNumber}`,
    lines: [
      `There is a new answer about ${aboutEn(facts)}. Open your order to read it.`,
      ...(facts.due
        ? [
            `If you have something to add, please reply by ${facts.due}. If you do not agree, ask the platform to step in.`,
          ]
        : []),
    ],
  }),
  dispute_escalated: (facts) => ({
    subject: `The platform has taken over your report · order ${facts.orderNumber}`,
    lines: [
      `The shop did not answer about ${aboutEn(facts)} in time, so the platform decides. You will get another mail with the outcome.`,
    ],
  }),
  dispute_decided: (facts) => ({
    subject: `Your report is decided · order ${facts.orderNumber}`,
    lines: [
      `Your report about ${aboutEn(facts)} has been decided.`,
      outcomeEn(facts),
      `Why: ${facts.reason ?? ""}`,
      ...(mayReopen(facts)
        ? [
            `If you do not agree, open it again from your order within ${facts.reopenDays} days; the platform looks at it then.`,
          ]
        : []),
    ],
  }),
  dispute_closed: (facts) => ({
    subject: `Your report was closed · order ${facts.orderNumber}`,
    lines: [
      `We have not heard from you about ${aboutEn(facts)}, so the report was closed.`,
      `If the problem is still there, open it again from your order within ${facts.reopenDays} days.`,
    ],
  }),
};

/** Whether a mail's kind is one of these. */
export const isDisputeMail = (kind: string): kind is DisputeMailKind => Object.hasOwn(ZH, kind);

/** A plain-text letter about a report, in the order's language: where it stands, what happens next, until when. */
export function writeDisputeLetter(
  kind: DisputeMailKind,
  locale: "zh" | "en",
  facts: DisputeLetter,
): { subject: string; text: string } {
  const { subject, lines } = (locale === "zh" ? ZH : EN)[kind](facts);
  return { subject, text: textOfOrderLetter(locale, lines, facts) };
}

/** To a merchant's people, in both languages because nobody chose one: something waits for them, and until when. */
export function writeMerchantsDisputeLetter(facts: {
  readonly orderNumber: string;
  readonly due: string | null;
  readonly isWithPlatform: boolean;
  readonly link: string;
}): { subject: string; text: string } {
  const { orderNumber, due, isWithPlatform, link } = facts;
  const lines = isWithPlatform
    ? [
        `订单 ${orderNumber} 的售后已由买家申请平台处理。你仍可以补充说明。`,
        `The buyer of order ${orderNumber} has asked the platform to decide. You can still add what you know.`,
      ]
    : [
        `订单 ${orderNumber} 有一条售后等你处理${due ? `，请在 ${due} 前答复，超时会自动转给平台` : ""}。`,
        `A report about order ${orderNumber} waits for you${due ? `. Please answer by ${due}; after that the platform takes over` : ""}.`,
      ];
  return { subject: `售后待处理 · Report to answer · ${orderNumber}`, text: `${[...lines, link].join("\n\n")}\n` };
}

/** To every admin, in both languages because nobody chose one: how many reports wait for the platform, chargebacks among them. */
export function writeAdminsDisputeLetter(facts: {
  readonly waiting: number;
  readonly chargebacks: number;
  readonly link: string;
}): { subject: string; text: string } {
  const { waiting, chargebacks, link } = facts;
  const lines = [
    `现在有 ${waiting} 条售后等平台处理${chargebacks > 0 ? `，其中 ${chargebacks} 条是银行拒付，请先看：证据要在支付渠道规定的期限内提交` : ""}。`,
    `${waiting === 1 ? "1 report waits" : `${waiting} reports wait`} for the platform${
      chargebacks > 0
        ? `; ${chargebacks} of them are chargebacks. Look at these first: the gateway takes evidence only for a while`
        : ""
    }.`,
    link,
  ];
  return { subject: "售后待平台处理 · Reports for the platform", text: `${lines.join("\n\n")}\n` };
}

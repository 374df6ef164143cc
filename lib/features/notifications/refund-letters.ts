import { textOfOrderLetter } from "./order-letter";

/** The words of the mails about money that goes back. Pure. */

export type RefundMailKind = "refund_under_way" | "refund_done" | "refund_failed" | "refund_cancelled";

export interface RefundFacts {
  /** As people read it: "¥10.00". */
  readonly amount: string;
  readonly refundNo: string;
  readonly method: string;
  /** What the buyer knows the way to pay by. */
  readonly account: string;
  readonly outsideReference: string | null;
  /** All that the order stands on: its cards go with it. */
  readonly isWhole: boolean;
}

export interface RefundLetter {
  readonly orderNumber: string;
  readonly link: string;
  readonly linkMinutes: number;
  readonly refund: RefundFacts;
}

interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
}

const ZH: Record<RefundMailKind, (facts: RefundLetter) => Words> = {
  refund_under_way: ({ orderNumber, refund }) => ({
    subject: `退款处理中 · 订单 ${orderNumber}`,
    lines: [
      `${refund.amount} 正在原路退回你付款的账户（${refund.account}），退款单号 ${refund.refundNo}。`,
      "到账时间看当时的付款方式：余额、零钱一般几分钟内到账，储蓄卡 1 到 3 个工作日，信用卡最长 7 个工作日。",
      refund.isWhole
        ? "订单不再发卡；已经发出的卡密会作废，请不要再使用。"
        : "这次退的不是全部，订单和已经发出的卡密不受影响。",
    ],
  }),
  refund_done: ({ orderNumber, refund }) => ({
    subject: `已退款 ${refund.amount} · 订单 ${orderNumber}`,
    lines: [
      refund.method === "source"
        ? `${refund.amount} 已经原路退回你付款的账户（${refund.account}），退款单号 ${refund.refundNo}。`
        : refund.method === "balance"
          ? `${refund.amount} 已经退到你在本店的余额，退款单号 ${refund.refundNo}。`
          : `${refund.amount} 已由店主另行退给你，转账凭据号 ${refund.outsideReference ?? refund.refundNo}。`,
      refund.method === "source"
        ? "余额、零钱里马上能看到；储蓄卡要 1 到 3 个工作日，信用卡最长 7 个工作日。过了这个时间还没到，请把退款单号发给店主。"
        : refund.method === "balance"
          ? "下单时选“余额”就能用；在店里的“余额”页，用这个邮箱可以查看。"
          : "没有查到的话，请把凭据号发给店主核对。",
      ...(refund.isWhole ? ["订单已结束，发出过的卡密已作废。"] : ["订单和已经发出的卡密不受影响。"]),
    ],
  }),
  refund_failed: ({ orderNumber, refund }) => ({
    subject: `退款没有成功 · 订单 ${orderNumber}`,
    lines: [
      `${refund.amount} 没有退出去（退款单号 ${refund.refundNo}）。钱没有丢，还在店主的账户里。`,
      "店主已经收到提醒，会重新退，或换一种方式退给你。你暂时不用做什么，也请不要再付款。",
      "两天内没有新的消息，请带上订单号联系店主。",
    ],
  }),
  refund_cancelled: ({ orderNumber, refund }) => ({
    subject: `退款已撤销 · 订单 ${orderNumber}`,
    lines: [
      `之前说的 ${refund.amount} 退款（退款单号 ${refund.refundNo}）没有执行，已经撤销，钱没有退出。`,
      "订单回到退款之前的状态：发过的卡密照常可看，还没发的继续按付款先后补发。",
      "如果你没有同意撤销，请带上订单号联系店主。",
    ],
  }),
};

const EN: Record<RefundMailKind, (facts: RefundLetter) => Words> = {
  refund_under_way: ({ orderNumber, refund }) => ({
    subject: `Your refund is under way · order ${orderNumber}`,
    lines: [
      `${refund.amount} is on its way back to the account you paid from (${refund.account}). Refund number ${refund.refundNo}.`,
      "How long it takes depends on how you paid: minutes for a wallet, 1 to 3 working days for a debit card, up to 7 for a credit card.",
      refund.isWhole
        ? "Nothing more will be delivered, and cards that were delivered become invalid. Please do not use them any more."
        : "This is a part of the money only: your order and its cards stay as they are.",
    ],
  }),
  refund_done: ({ orderNumber, refund }) => ({
    subject: `Refunded ${refund.amount} · order ${orderNumber}`,
    lines: [
      refund.method === "source"
        ? `${refund.amount} has gone back to the account you paid from (${refund.account}). Refund number ${refund.refundNo}.`
        : refund.method === "balance"
          ? `${refund.amount} is in your balance at this shop. Refund number ${refund.refundNo}.`
          : `The shop has given ${refund.amount} back to you by another way. Its reference there is ${refund.outsideReference ?? refund.refundNo}.`,
      refund.method === "source"
        ? "A wallet shows it at once, a debit card within 1 to 3 working days, a credit card within 7. If it is not there by then, send the shop this refund number."
        : refund.method === "balance"
          ? "Choose “Balance” when you order to spend it; the shop's balance page shows it to whoever reads mail at this address."
          : "If you cannot find it, send the shop this reference.",
      ...(refund.isWhole
        ? ["The order is closed, and cards that were delivered for it are invalid."]
        : ["Your order and its cards stay as they are."]),
    ],
  }),
  refund_failed: ({ orderNumber, refund }) => ({
    subject: `Your refund did not go through · order ${orderNumber}`,
    lines: [
      `${refund.amount} could not be given back (refund number ${refund.refundNo}). The money is not lost: it is still with the shop.`,
      "The shop has been told and will try again or find another way. You need not do anything for now, and please do not pay again.",
      "If you hear nothing within two days, contact the shop with your order number.",
    ],
  }),
  refund_cancelled: ({ orderNumber, refund }) => ({
    subject: `Your refund was called off · order ${orderNumber}`,
    lines: [
      `The refund of ${refund.amount} that we wrote about (refund number ${refund.refundNo}) was not made and has been called off. No money has left the shop.`,
      "Your order is where it was before: delivered cards can be seen as usual, and what is still owed goes out in the order of payment.",
      "If you did not agree to this, contact the shop with your order number.",
    ],
  }),
};

/** Whether a mail's kind is one of these. */
export const isRefundMail = (kind: string): kind is RefundMailKind => Object.hasOwn(ZH, kind);

/** A plain-text letter about a refund, in the order's language: how much, to where, how long it takes, and what to do. */
export function writeRefundLetter(
  kind: RefundMailKind,
  locale: "zh" | "en",
  facts: RefundLetter,
): { subject: string; text: string } {
  const { subject, lines } = (locale === "zh" ? ZH : EN)[kind](facts);
  return { subject, text: textOfOrderLetter(locale, lines, facts) };
}

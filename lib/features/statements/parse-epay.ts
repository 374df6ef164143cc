import { z } from "zod";
import { parseDecimal } from "@/lib/kernel/money";
import { rejected } from "./columns";
import { finish, listUnder, type PageReader, Text } from "./page-row";
import { fromShanghai } from "./times";

const Printed = z.union([Text, z.number().transform(String)]);
const EpayRow = z.looseObject({
  trade_no: Printed,
  out_trade_no: Printed,
  money: Printed,
  status: Printed,
  addtime: Printed.nullish(),
  endtime: Printed.nullish(),
});

/** "2026-11-19 10:00:00" of China, or a Unix second. */
const epayTime = (text: string | null | undefined): number | null => {
  if (!text || text === "0") return null;
  return /^1\d{9}$/.test(text) ? Number(text) * 1000 : fromShanghai(text);
};

/** Pages of EPay's list of orders, of either version. A refund shows in a row's status only: the list does not say how much. */
export const epayPages: PageReader = {
  rows: listUnder("data"),
  row(given, context) {
    const read = EpayRow.safeParse(given);
    if (!read.success) return rejected(context.line, "amount", JSON.stringify(given));
    const row = read.data;
    // Nobody paid. The list tells of orders, and an order is no movement.
    if (row.status === "0") return "passed";
    const amount = parseDecimal(row.money, "CNY");
    if (!amount.ok)
      return rejected(context.line, row.money.startsWith("-") ? "negative_amount" : "amount", JSON.stringify(row));
    const occurredAt = epayTime(row.endtime) ?? epayTime(row.addtime);
    if (occurredAt === null) return rejected(context.line, "time", JSON.stringify(row));
    const draft = {
      kind: "payment",
      amountMinor: amount.value.amountMinor,
      currency: "CNY",
      gatewayTradeNo: row.trade_no,
      part: "",
      outTradeNo: row.out_trade_no,
      refundNo: null,
      gatewayRefundNo: null,
      fee: null,
      occurredAt,
      status: row.status,
    } as const;
    return finish(draft, row, context);
  },
};

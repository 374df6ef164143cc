import type { AlipayTrade } from "./alipay-desk";
import { shanghaiTime, toYuan } from "./alipay-signing";
import { toGbk } from "./gbk";
import { zip } from "./zip";

const TRADE_HEADER =
  "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";
const SUMMARY_HEADER =
  "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）";

/** Six in a thousand, half a fen up. */
const feeOf = (fen: bigint): bigint => (fen * 6n + 500n) / 1_000n;
const cells = (values: readonly string[]): string => values.map((value) => `${value}\t`).join(",");

interface Row {
  readonly at: number;
  readonly cells: string;
  readonly fen: bigint;
  readonly fee: bigint;
  readonly isRefund: boolean;
}

function rowsOf(trade: AlipayTrade, day: string): Row[] {
  const isThatDay = (ms: number) => shanghaiTime(ms).startsWith(day);
  const row = (at: number, fen: bigint, refund: string): Row => {
    const [isRefund, fee] = [refund !== "", feeOf(fen)];
    const amount = `${isRefund ? "-" : ""}${toYuan(fen)}`;
    const [paid, cost] = [amount, `${isRefund ? "" : "-"}${toYuan(fee)}`];
    const head = [trade.tradeNo ?? "", trade.outTradeNo, isRefund ? "退款" : "交易", trade.subject];
    const times = [shanghaiTime(trade.createdAt), shanghaiTime(at), "", "", "", "", "*三(138****0000)"];
    const sums = [paid, paid, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", refund, cost, "0.00", ""];
    return { at, cells: cells([...head, ...times, ...sums]), fen, fee, isRefund };
  };
  const paid = trade.paidAt !== null && isThatDay(trade.paidAt) ? [row(trade.paidAt, trade.fen, "")] : [];
  const back = trade.refunds.filter(({ at }) => isThatDay(at)).map(({ at, fen, number }) => row(at, fen, number));
  return [...paid, ...back];
}

/** The bill of one day of Shanghai as Alipay packs it, or null when nothing happened. */
export function alipayBill(
  trades: Iterable<AlipayTrade>,
  { day, sellerId }: { day: string; sellerId: string },
): Buffer | null {
  const rows = [...trades].flatMap((trade) => rowsOf(trade, day)).sort((left, right) => left.at - right.at);
  if (rows.length === 0) return null;
  const sum = (of: (row: Row) => bigint) =>
    rows.reduce((total, row) => total + (row.isRefund ? -of(row) : of(row)), 0n);
  const [amount, fee] = [sum(({ fen }) => fen), sum((row) => row.fee)];
  const counts = [
    `${rows.filter(({ isRefund }) => !isRefund).length}`,
    `${rows.filter(({ isRefund }) => isRefund).length}`,
  ];
  const yuan = (fen: bigint) => (fen < 0n ? `-${toYuan(-fen)}` : toYuan(fen));
  const total = [
    "合计",
    "",
    ...counts,
    yuan(amount),
    yuan(amount),
    "0.00",
    "0.00",
    "0.00",
    yuan(-fee),
    "0.00",
    yuan(amount - fee),
  ];
  const top = (title: string) => [
    `#支付宝${title}`,
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${day} 00:00:00]   终止日期：[${day} 24:00:00]`,
    `#-----------------------------------------${title}列表----------------------------------------`,
  ];
  const end = (title: string) => [
    `#-----------------------------------------${title}列表结束------------------------------------`,
    `#导出时间：[${day} 23:59:59]`,
    "",
  ];
  const detail = [...top("业务明细"), TRADE_HEADER, ...rows.map((row) => row.cells), ...end("业务明细")].join("\r\n");
  const summary = [...top("业务汇总"), SUMMARY_HEADER, cells(total), ...end("业务汇总")].join("\r\n");
  const name = `${sellerId}0156_${day.replaceAll("-", "")}`;
  return zip([
    { name: toGbk(`${name}_业务明细(汇总).csv`), content: toGbk(summary) },
    { name: toGbk(`${name}_业务明细.csv`), content: toGbk(detail) },
  ]);
}

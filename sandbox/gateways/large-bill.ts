/** "9.90" of 990. */
const fromYuan = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;

/** The n-th row of a day, somewhere in it, as the clocks of China show it. */
const shanghai = (day: string, row: number): string => {
  const second = row % 86_400;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day} ${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
};

export const MCHID = "1900000001";
export const DAY = "2026-11-19";

const HEADER =
  "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";

export interface BillOptions {
  /** The first row's number. */
  readonly from?: number;
  readonly pauseMs?: number;
  readonly mchid?: string;
  /** What each payment was. */
  readonly fen?: number;
  /** What its totals say instead of the truth. */
  readonly statedFen?: number;
  readonly day?: string;
}

/** A bill of WeChat Pay with so many payments, in pieces. */
export async function* wechatBill(
  rows: number,
  { from = 0, pauseMs = 0, mchid = MCHID, fen = 990, statedFen, day = DAY }: BillOptions = {},
): AsyncGenerator<Buffer> {
  yield Buffer.from(`\ufeff${HEADER}\r\n`);
  for (let row = 0; row < rows; row += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, rows - row) }, (_, at) => {
      const number = String(from + row + at).padStart(10, "0");
      const cells = [
        shanghai(day, row + at),
        "wx1",
        mchid,
        "0",
        "",
        `42000000${number}`,
        `KWX${number}`,
        "oA",
        "NATIVE",
        "SUCCESS",
      ];
      const sums = [
        "OTHERS",
        "CNY",
        fromYuan(fen),
        "0.00",
        "0",
        "0",
        "0.00",
        "0.00",
        "",
        "",
        "会员卡,一年",
        "",
        "0.05940",
        "0.60%",
      ];
      return [...cells, ...sums, fromYuan(fen), "0.00", ""].map((cell) => `\`${cell}`).join(",");
    });
    yield Buffer.from(`${lines.join("\r\n")}\r\n`);
    if (pauseMs > 0) await new Promise((wake) => setTimeout(wake, pauseMs));
  }
  const sum = fromYuan(statedFen ?? fen * rows);
  const fee = `${(5_940n * BigInt(rows)) / 100_000n}.${String((5_940n * BigInt(rows)) % 100_000n).padStart(5, "0")}`;
  yield Buffer.from(
    `总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\`${rows},\`${sum},\`0.00,\`0.00,\`${fee},\`${sum},\`0.00\r\n`,
  );
}

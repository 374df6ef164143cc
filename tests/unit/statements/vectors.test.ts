import { describe, expect, test } from "vitest";
import { toGbk } from "@/sandbox/gateways/gbk";
import { zip } from "@/sandbox/gateways/zip";
import { ALIPAY, changed, read, WECHAT, WECHAT_GZIP } from "./reading";

const wechatPayment = {
  kind: "payment",
  line: 2,
  gatewayTradeNo: "4200000001202611190000000001",
  part: "",
  outTradeNo: "WX1",
  refundNo: null,
  amountMinor: 990n,
  currency: "CNY",
  fee: "0.05940",
  occurredAt: Date.parse("2026-11-19T10:00:00+08:00"),
  status: "SUCCESS",
};
const wechatRefund = {
  kind: "refund",
  outTradeNo: "WX1",
  refundNo: "RF1",
  gatewayRefundNo: "50200000000001",
  part: "50200000000001",
  amountMinor: 300n,
  fee: "-0.01800",
  status: "SUCCESS",
};

describe("the bills of the vectors", () => {
  test.each([
    ["plain", WECHAT],
    ["packed", WECHAT_GZIP],
    ["without a mark at its beginning", WECHAT.subarray(3)],
  ])("WeChat Pay, %s: both rows, the fee to its fifth place, the totals counted", async (_how, bytes) => {
    const { rows, rejects, closing, refused } = await read(bytes, { owner: "1900000001" });
    expect([rejects, refused]).toEqual([[], null]);
    expect(rows).toMatchObject([wechatPayment, wechatRefund]);
    expect(closing).toMatchObject({ format: "wechat_trade", stated: { row_count: "2", fee_sum: "0.04140" } });
    expect(closing?.counted).toMatchObject({
      row_count: "2",
      fee_sum: "0.0414",
      order_sum: "9.90",
      refund_sum: "3.00",
    });
    expect(closing?.columns).toHaveLength(27);
    expect(rows[0]?.raw).toHaveLength(27);
  });

  test("WeChat Pay: a comma in a product's name shifts nothing", async () => {
    const named = Buffer.from(WECHAT.toString("utf8").replace("会员卡", "会员卡,一年,送一个月"));
    expect((await read(named)).rows).toMatchObject([wechatPayment, wechatRefund]);
  });

  test("WeChat Pay SUCCESS and REFUND, which have other columns, are read by their names", async () => {
    const success = [
      "交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,手续费,订单金额",
      "`2026-11-19 10:00:00,`wx,`19,`420,`WX1,`SUCCESS,`CNY,`9.90,`0.05940,`9.90",
      "总交易单数,应结订单总金额,手续费总金额,订单总金额",
      "`1,`9.90,`0.05940,`9.90",
    ];
    expect((await read(Buffer.from(success.join("\r\n")))).rows).toMatchObject([
      { kind: "payment", amountMinor: 990n },
    ]);
    const refunds = [
      "退款申请时间,退款成功时间,公众账号ID,商户号,微信订单号,商户订单号,交易时间,交易状态,货币种类,微信退款单号,商户退款单号,退款金额,退款状态,手续费,订单金额,申请退款金额",
      "`2026-11-19 12:00:00,`2026-11-19 12:00:09,`wx,`19,`420,`WX1,`2026-11-18 10:00:00,`REFUND,`CNY,`502,`RF1,`2.00,`PROCESSING,`-0.01,`0.00,`3.00",
      "总交易单数,退款总金额,申请退款总金额",
      "`1,`2.00,`3.00",
    ];
    // What went back of the order is what is compared with it; the time is when it was asked for.
    expect((await read(Buffer.from(refunds.join("\n")))).rows).toMatchObject([
      { kind: "refund", amountMinor: 300n, status: "PROCESSING", occurredAt: Date.parse("2026-11-19T04:00:00Z") },
    ]);
  });

  const alipayRows = [
    {
      kind: "payment",
      line: 6,
      gatewayTradeNo: "2026111922001400000000000001",
      outTradeNo: "AL1",
      amountMinor: 990n,
      fee: "0.06",
      occurredAt: Date.parse("2026-11-19T09:01:00+08:00"),
    },
    { kind: "refund", outTradeNo: "AL1", refundNo: "RF1", part: "RF1", amountMinor: 300n, fee: "-0.02" },
  ];

  test("Alipay: both rows, Shanghai's time, the fee as a cost, the totals of its comments counted", async () => {
    const { rows, closing, refused } = await read(ALIPAY, { owner: "2088101106499364" });
    expect(refused).toBeNull();
    expect(rows).toMatchObject(alipayRows);
    expect(closing).toMatchObject({ format: "alipay_trade", stated: { payment_count: "1", payment_sum: "9.90" } });
    expect(closing?.counted).toMatchObject({ refund_count: "1", refund_sum: "-3.00", order_sum: "6.90" });
    expect(rows[0]?.raw).toContain("*三(138****0000)");
  });

  test("Alipay: a refund with either sign is the same refund", async () => {
    const positive = changed(ALIPAY, /,-3\.00,-3\.00,/, ",3.00,3.00,");
    expect((await read(positive)).rows).toMatchObject(alipayRows);
  });

  const summary = (count: string) =>
    toGbk(
      [
        "#支付宝业务汇总查询",
        "#账号：[20881011064993640156]",
        "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）",
        `合计\t,\t,${count}\t,1\t,6.90\t,6.90\t,0.00\t,0.00\t,0.00\t,-0.04\t,0.00\t,6.86\t`,
        "#----业务汇总列表结束----",
        "",
      ].join("\r\n"),
    );

  test.each(["first", "last"])("Alipay packed, the table that sums it up %s: it must agree, too", async (where) => {
    const entries = (count: string) => {
      const both = [
        { name: toGbk("2088_业务明细(汇总).csv"), content: summary(count) },
        { name: toGbk("2088_业务明细.csv"), content: ALIPAY },
      ];
      return zip(where === "first" ? both : both.reverse());
    };
    const { rows, closing } = await read(entries("1"));
    expect(rows).toMatchObject(alipayRows);
    expect(closing?.stated).toMatchObject({ payment_count: "1", fee_sum: "-0.04", order_sum: "6.90" });
    expect(await read(entries("2"))).toMatchObject({ refused: { reason: "control_mismatch" } });
  });

  test("WeChat Pay's funds: income and expense, fees and withdrawals, brackets of either width", async () => {
    const funds = (brackets: string) => [
      `记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额${brackets},账户结余${brackets},资金变更提交申请人,备注,业务凭证号`,
      "`2026-11-19 10:00:00,`420,`F1,`交易,`交易,`收入,`9.90,`9.90,`system,`,`V1",
      "`2026-11-19 10:00:00,`420,`F2,`扣除交易手续费,`扣除交易手续费,`支出,`0.06,`9.84,`system,`,`V2",
      "`2026-11-19 11:00:00,`502,`F3,`退款,`退款,`支出,`3.00,`6.84,`api,`,`V3",
      "`2026-11-19 12:00:00,`700,`F4,`提现,`提现,`支出,`6.84,`0.00,`api,`,`V4",
      "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额",
      "`4,`1,`9.90,`3,`9.90",
    ];
    for (const brackets of ["（元）", "(元)"]) {
      const { rows, closing } = await read(Buffer.from(funds(brackets).join("\r\n")));
      expect(rows.map(({ kind, amountMinor, part }) => [kind, amountMinor, part])).toEqual([
        ["payment", 990n, "F1"],
        ["fee", 6n, "F2"],
        ["refund", 300n, "F3"],
        ["payout", 684n, "F4"],
      ]);
      expect(closing?.format).toBe("wechat_funds");
    }
  });
});

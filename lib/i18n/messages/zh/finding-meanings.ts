/** Of each kind of difference a sentence that says what is wrong, and one that says what it means for the buyer. */
export const meanings = {
  owed_order: {
    wrong: "订单付了款，但库存不够，卡还没有发出去。",
    buyer: "买家付了钱还没拿到卡；补货后按付款先后自动发。",
  },
  owed_choice: {
    wrong: "订单付了款，但买家自己选的那张卡已经给了别人，系统不会拿别的卡顶替。",
    buyer: "买家付了钱还没拿到卡，补货也不会自动好：要么退款，要么征得买家同意后改发另一张。",
  },
  unfillable_order: {
    wrong: "给欠货的订单补卡时出错，订单和卡的记录对不上。",
    buyer: "买家付了钱拿不到卡，补货也不会自动好，要人来处理。",
  },
  double_payment: {
    wrong: "同一个订单收到了两笔付款。",
    buyer: "卡只发一份，多付的钱应该退给买家。",
  },
  amount_mismatch: {
    wrong: "到账金额和订单金额不一样，没有发卡。",
    buyer: "买家付了钱但还没拿到卡；付少了可以补足，付多了可以退差额。",
  },
  currency_mismatch: {
    wrong: "到账的币种和订单的币种不一样，没有发卡。",
    buyer: "买家付了钱但还没拿到卡，这笔钱应该原路退回。",
  },
  unknown_order: {
    wrong: "渠道说收到一笔钱，但我们没有这个单号。",
    buyer: "可能有买家付了钱，订单却显示未付款；找到是哪一单，就能记到它名下。",
  },
  trade_reused: {
    wrong: "一个渠道流水号用在了两个订单或两个金额上。",
    buyer: "第二次没有当作付款。要么渠道弄错，要么有人伪造通知。",
  },
  unreadable_amount: {
    wrong: "渠道的通知验签通过，但看不懂金额。",
    buyer: "买家可能付了钱，订单还停在待付款。请到渠道后台核对。",
  },
  unjudged_payment: {
    wrong: "一笔到账记下来了，判定时出错，还没有算到订单上。",
    buyer: "买家付了钱，订单没有往下走。可以重新判定一次。",
  },
  refunded_outside: {
    wrong: "有人在渠道后台退了款，不是从这里发起的。",
    buyer: "钱已经退给买家。订单和卡的状态要不要跟着改，由人决定。",
  },
  refund_failed: { wrong: "渠道拒绝了退款。", buyer: "说好要退的钱没有退成，买家还在等。" },
  refund_stuck: {
    wrong: "退款发起后很久没有结果。",
    buyer: "买家还没收到退款，也不知道会不会收到。",
  },
  refund_mismatch: {
    wrong: "渠道退的金额和我们要退的不一样。",
    buyer: "买家收到的退款可能多了或少了。",
  },
  dispute: { wrong: "买家向银行或渠道申请了拒付。", buyer: "钱由银行裁定；裁定前不发卡也不退款。" },
  invariant_broken: {
    wrong: "审计发现数据违反了一条承诺，相关商品已自动停售。",
    buyer: "问题查清前，买家买不到这个商品；已买到的卡不受影响，除非下面写明。",
  },
  gateway_only: {
    wrong: "渠道的对账单里有一笔收款，我们没有收到通知，也没有记录。",
    buyer: "可能有买家付了钱，订单却没有动；找到是哪一单，就能记到它名下。",
  },
  local_only: {
    wrong: "我们记了一笔到账，渠道的对账单里却没有。",
    buyer: "买家可能没真付钱就拿到了卡；先停售，查密钥有没有泄露。",
  },
  duplicate_payment: {
    wrong: "渠道的对账单里，同一个订单收了不止一笔。",
    buyer: "买家多付了钱，多的那笔应该退回去。",
  },
  bill_amount_mismatch: { wrong: "一笔到账的金额，和对账单上的不一样。", buyer: "买家没有影响；账要和渠道核对。" },
  bill_currency_mismatch: { wrong: "一笔到账的币种，和对账单上的不一样。", buyer: "买家没有影响；账要和渠道核对。" },
  refund_missing_local: {
    wrong: "渠道的对账单里有一笔退款，不是从这里发起的，也没有登记。",
    buyer: "买家已经收到退款，订单这边还不知道。",
  },
  refund_missing_gateway: { wrong: "我们记着已经退款，渠道的对账单里却没有。", buyer: "买家可能还没收到退款。" },
  fee_anomaly: { wrong: "这一天的手续费和平时的费率差得多。", buyer: "买家没有影响。" },
  bill_anomaly: {
    wrong: "对账单里有看不明白的行：别的账户、负数、将来的日期，或者重复。",
    buyer: "买家没有影响；弄清楚之前不算进账里。",
  },
  statement_missing: {
    wrong: "该有的对账单没有取到，这一天还没法对账。",
    buyer: "买家没有影响，但这一天的问题现在看不出来。",
  },
  paid_without_card: { wrong: "订单付清了，却没有卡，也没有记成欠货。", buyer: "买家付了钱拿不到卡，要马上处理。" },
  card_without_payment: { wrong: "订单没有付款，卡却发出去了。", buyer: "买家没付钱就拿到了卡。" },
  card_count_mismatch: { wrong: "订单里的卡数和买的数量不一样。", buyer: "买家拿到的卡可能少了或多了。" },
  card_sold_twice: { wrong: "同一张卡出现在两个订单里。", buyer: "两个买家拿着同一张卡，后用的那位会失败。" },
  reservation_lapsed: { wrong: "订单早就过期了，卡还被它占着。", buyer: "别的买家看到没货，其实卡就在这里。" },
  mail_missing: {
    wrong: "卡发出去了，通知邮件没有排上或者没有发出。",
    buyer: "买家有卡，但可能不知道；凭订单页还能看到。",
  },
  ledger_gap: { wrong: "库存流水缺了一段，或者有一段没有封存。", buyer: "买家没有影响，但这一段还不能证明。" },
  balance_difference: { wrong: "买家余额和它的流水加起来不一样。", buyer: "买家看到的余额可能不对。" },
  price_anomaly: { wrong: "成交价和当时的标价不一样。", buyer: "买家付的价钱可能多了或少了。" },
  stuck_import: { wrong: "一次导入很久没有进展。", buyer: "买家没有影响；这批卡还没上架。" },
  cache_drift: {
    wrong: "页面或 Redis 里的库存，和数据库不一样。",
    buyer: "买家可能看到有货买不了，或者有货却显示售罄。",
  },
  overdue_order: {
    wrong: "说好的时间过了，卡还没有发。",
    buyer: "买家付了钱，过了约定的时间还没拿到卡；可以现在发，或者退款。",
  },
  other: { wrong: "两处记录对不上。", buyer: "还不清楚是否影响买家，请看下面的时间线。" },
};

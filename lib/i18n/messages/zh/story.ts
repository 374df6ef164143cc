/** What the buyer's page says of an order and its money: a headline, what else is so, and what happened when. */
export const story = {
  states: {
    pending: { title: "等待付款", text: "还没有收到付款。付款后卡密会出现在这里。" },
    paid: { title: "已付款，正在发卡", text: "款项已到账，卡密马上就来，不用刷新。" },
    delivered: { title: "卡密已发出", text: "请妥善保管，看过的卡密会留下查看记录。" },
    expired: {
      title: "订单已过期",
      text: "时限内没有收到付款，留的货已经放回。如果你其实付了，钱不会丢：到账后有货照发，没货优先补发，请不要再付一次。还想要就重新下一单。",
    },
    cancelled: {
      title: "订单已取消",
      text: "这笔订单没有收到付款，留的货已经放回。如果你其实付了，钱不会丢：到账后有货照发，没货优先补发，请不要再付一次。",
    },
    owed: {
      title: "款已到，货暂缺",
      text: "你付的 {paid} 已经到账，但货刚好卖完。补货后按付款先后自动发给你，卡密就在这一页；不想等，可以带上订单号联系店主退款。请不要再付一次。",
    },
    chosen_gone: {
      title: "款已到，你选的那张没了",
      text: "你付的 {paid} 已经到账，但晚于付款时限，你选的那张卡已经给了别人。我们不会随便换一张给你：店主会退款，或在你同意后改发另一张；着急就带上订单号联系店主。请不要再付一次。",
    },
    promised: {
      title: "款已到，等待发货",
      text: "你付的 {paid} 已经到账。这件商品不是现货，商家会在 {due} 前发给你，卡密就在这一页，发出时会发邮件；过了这个时间还没有，带上订单号联系店主。请不要再付一次。",
    },
    held: {
      title: "款已到，因拒付暂停发卡",
      text: "你付的 {paid} 已经到账，但付款的银行或渠道收到了拒付申请，结果出来前不能发卡。如果不是你申请的，或者想撤回，请带上订单号联系店主。",
    },
    underpaid: {
      title: "付少了",
      text: "应付 {total}，实收 {paid}。钱已经记下，还没有发卡；店主核对后会请你补足差额或退款。请不要自行再付，着急就带上订单号联系店主。",
    },
    overpaid: {
      title: "付多了",
      text: "应付 {total}，实收 {paid}。钱已经记下，还没有发卡；店主核对后会发卡并退回差额，或者全部退款。请不要再付，着急就带上订单号联系店主。",
    },
    wrong_currency: {
      title: "币种不对",
      text: "应付 {total}，收到的却是另一种货币，见下面的经过。钱已经记下，还没有发卡；店主核对后会退款或与你商量。请不要再付一次。",
    },
    refunding: {
      title: "正在退款",
      text: "退款已经提交，会原路退到你付款的账户，一般 1 到 3 天到账。不用做什么；过了还没到，就带上订单号联系店主。",
    },
    refund_failed: {
      title: "退款没有退成",
      text: "支付渠道没能把钱退回去，店主已经收到提醒，会换一种方式退给你。钱还在，不会丢；着急就带上订单号联系店主。",
    },
    refunded: { title: "已退款", text: "款项已原路退到你付款的账户。账单里没找到的话，带上订单号联系店主。" },
    refunded_to_balance: { title: "已退款到余额", text: "款项已退到你在本店的余额，下单时可以直接用。" },
    refunded_by_hand: {
      title: "已退款",
      text: "店主已人工把款退给你，没有走原来的支付渠道。没收到的话，带上订单号联系店主。",
    },
    refunded_by_bank: {
      title: "银行已退回款项",
      text: "付款的银行或渠道支持了拒付申请，款项由它们退给你。已经发出的卡密随之作废。",
    },
  },
  asides: {
    paid_late: { title: "付款晚到，照样有效", text: "付款在时限之后到账，货仍为你补上了。" },
    disputed: {
      title: "订单有争议",
      text: "这笔订单正在处理争议，结果会更新在这里。期间不用再付款；有新的凭据就发给店主。",
    },
    double_paid: {
      title: "付了两次",
      text: "这笔订单收到了不止一笔付款，实收 {paid}。卡只发一份，多付的由店主退回；没收到退款，就带上订单号联系店主。",
    },
    extra_refunding: { title: "多付的款正在退回", text: "多付的 {amount} 已经提交退款，一般 1 到 3 天原路到账。" },
    extra_refunded: { title: "多付的款已退回", text: "多付的 {amount} 已退给你，卡密不受影响。" },
    extra_refund_failed: {
      title: "多付的款还没退成",
      text: "支付渠道没能把多付的钱退回去，店主已经收到提醒，会换一种方式退给你。卡密不受影响。",
    },
    partly_refunding: { title: "正在退一部分款", text: "{amount} 已经提交退款，一般 1 到 3 天原路到账。" },
    partly_refunded: { title: "已退一部分款", text: "已退给你 {amount}。" },
  },
  story: {
    title: "付款经过",
    placed: "下单，应付 {amount}",
    expired: "付款时限到了，还没有收到付款",
    cancelled: "订单取消，留的货放回",
    paid: {
      settled: "收到 {amount}（{way}）",
      double: "又收到 {amount}（{way}），多付的要退回",
      underpaid: "收到 {amount}（{way}），不够应付的数",
      overpaid: "收到 {amount}（{way}），超过应付的数",
      wrong_currency: "收到 {amount}（{way}），币种不是订单的",
    },
    late: "{what}；晚于付款时限",
    owed: "货刚好卖完，排队等补货",
    promised: "不是现货，等商家按约定时间发",
    chosen_card_gone: "付款晚到，选的那张卡已经给了别人",
    delivered: "卡密发出",
    replaced: "一张坏卡换成了新的",
    refund_asked: "提交退款 {amount}",
    refund_done: {
      source: "{amount} 已退到付款账户",
      balance: "{amount} 已退到本店余额",
      by_hand: "店主人工退款 {amount}",
      dispute: "银行因拒付扣回 {amount}",
    },
    refund_failed: "退款 {amount} 没有成功，改由店主处理",
    refund_cancelled: "退款 {amount} 已撤回",
    dispute_opened: "付款方向银行或渠道申请拒付",
    dispute_won: "拒付申请不成立，付款有效",
    dispute_lost: "拒付申请成立",
    someWay: "已停用的支付方式",
    now: {
      pending: "现在：等待付款，{deadline} 截止",
      paid: "现在：正在发卡",
      owed: "现在：等待补货，按付款先后发",
      promised: "现在：等商家发货，最晚 {due}",
      chosen_gone: "现在：等店主退款，或与你商量换一张",
      held: "现在：等待拒付的结果",
      underpaid: "现在：等店主核对",
      overpaid: "现在：等店主核对",
      wrong_currency: "现在：等店主核对",
      refunding: "现在：等支付渠道退款",
      refund_failed: "现在：等店主换一种方式退款",
    },
  },
};

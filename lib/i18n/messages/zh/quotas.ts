/** What is said of keys that are spent piece by piece: to the merchant who sells them, and to the buyer who spends them. */
export const quotas = {
  form: {
    title: "生成按次使用的密钥",
    lead: "系统随机生成密钥，每个可以用若干次，像普通卡密一样售卖。买家拿密钥调用接口扣次数，不会多扣，也不会超出。退款、换卡后原密钥立即失效。",
    docs: "接口说明",
    count: "生成几个",
    uses: "每个可用几次",
    range: "1 到 {max}。",
    note: "备注",
    make: "生成并上架",
    making: "正在生成",
    errors: {
      manual_kind: "这个规格是人工发货，不能生成密钥。",
      interrupted: "中断了，什么都没有生成，请再试一次。",
    },
  },
  figures: {
    title: "使用次数",
    keys: "密钥",
    begun: "已开始使用",
    used: "已用次数",
    left: "剩余次数",
  },
  buyer: {
    title: "剩余次数",
    card: "第 {n} 张",
    left: "还剩 {left} 次，共 {max} 次",
    how: "怎么用",
    howText:
      "卡密就是密钥，在自己的程序里这样调用。每次使用换一个 Idempotency-Key；没收到回复就用同一个再问，不会重复扣。",
    keyHere: "你的密钥",
    docs: "完整的接口说明",
  },
};

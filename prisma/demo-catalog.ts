// Over 300 lines: the whole shelf of the demo stands in one table.
/** The demo shop: eight invented goods that no one else sells. Prices in fen. */

export interface DemoVariant {
  readonly sku: string;
  readonly zh: string;
  readonly en: string;
  readonly priceMinor: bigint;
  readonly cards: number;
  /** `#` becomes a random letter or digit, `@` a random digit; the rest stays. */
  readonly pattern: string;
  readonly quantityMax?: number;
  readonly stockPolicy?: "reserve_on_order" | "claim_on_payment" | "deduct_on_order";
  /** Instead of cards of a pattern: keys that are spent piece by piece, each good for so many uses. */
  readonly keyUses?: number;
  /** Where it is not used as the product's others are. */
  readonly usageNote?: { readonly zh: string; readonly en: string };
  readonly tiers?: readonly (readonly [quantityMin: number, unitPriceMinor: bigint])[];
}

interface Texts {
  readonly title: string;
  readonly summary: string;
  readonly description: string;
  readonly usageNote: string;
}

export interface DemoProduct {
  readonly slug: string;
  readonly category: string;
  readonly zh: Texts;
  readonly en: Texts;
  readonly variants: readonly DemoVariant[];
}

export const DEMO_MERCHANT = { slug: "kapu", name: "卡铺 Kapu" } as const;

export const DEMO_CATEGORIES = [
  { slug: "credits", zh: "点卡与会员", en: "Credits & memberships" },
  { slug: "gifts", zh: "礼品与票券", en: "Gifts & tickets" },
  { slug: "software", zh: "软件授权", en: "Software licences" },
] as const;

export const DEMO_PRODUCTS: readonly DemoProduct[] = [
  {
    slug: "starriver",
    category: "credits",
    zh: {
      title: "星河点卡",
      summary: "《星河远征》通用点数，全区全服，秒到账。",
      description:
        "《星河远征》官方点数，可在任意大区使用，不绑定角色。\n点数不过期，可分多次充值；买错规格也没关系，点数可以累加。",
      usageNote: "登录游戏 → 商城 → 卡密充值 → 输入 16 位卡密。请在充值前核对账号。",
    },
    en: {
      title: "Star River credits",
      summary: "Credits for Star River Expedition, every region, added in seconds.",
      description:
        "Official credits for Star River Expedition. They work in every region and are not tied to a character.\nCredits never expire and add up, so two small cards are as good as a large one.",
      usageNote: "Sign in to the game → Store → Redeem → enter the 16 characters. Check the account before you redeem.",
    },
    variants: [
      { sku: "STAR-60", zh: "60 点", en: "60 credits", priceMinor: 600n, cards: 600, pattern: "XH06-####-####-####" },
      {
        sku: "STAR-300",
        zh: "300 点",
        en: "300 credits",
        priceMinor: 2_800n,
        cards: 300,
        pattern: "XH30-####-####-####",
        tiers: [
          [10, 2_700n],
          [50, 2_600n],
        ],
      },
      {
        sku: "STAR-980",
        zh: "980 点",
        en: "980 credits",
        priceMinor: 8_800n,
        cards: 120,
        pattern: "XH98-####-####-####",
      },
    ],
  },
  {
    slug: "platform-coffee",
    category: "gifts",
    zh: {
      title: "月台咖啡券",
      summary: "中杯任选，一码一杯；团建、开会可以整批买。",
      description:
        "月台咖啡全国门店通用的中杯兑换码，美式、拿铁、燕麦拿铁任选，不补差价。\n一次最多可买 5,000 张，量大更便宜；付款后整批发出，可以下载成文本直接群发。",
      usageNote: "到店报兑换码，或在“月台”小程序里 → 我的 → 兑换。自购买日起 180 天内有效。",
    },
    en: {
      title: "Platform Coffee voucher",
      summary: "One code, one medium cup. Buy a boxful for the whole company.",
      description:
        "A code for any medium cup at every Platform Coffee: americano, latte or oat latte, nothing to add.\nUp to 5,000 at once, cheaper by the hundred; the whole lot arrives when you pay, ready to download and share out.",
      usageNote:
        "Show the code at the counter, or redeem it in the Platform app under Me → Redeem. Valid for 180 days.",
    },
    variants: [
      {
        sku: "COFFEE-M",
        zh: "中杯任选",
        en: "Any medium cup",
        priceMinor: 1_800n,
        cards: 6_500,
        pattern: "YT-####-####",
        quantityMax: 5_000,
        tiers: [
          [10, 1_680n],
          [100, 1_560n],
          [1_000, 1_390n],
        ],
      },
    ],
  },
  {
    slug: "inkwell",
    category: "software",
    zh: {
      title: "砚台编辑器",
      summary: "安静的写作软件，三台设备通用的授权码。",
      description:
        "砚台是一款没有干扰的长文写作软件，支持 Windows、macOS 与 Linux。\n一个授权码可在三台设备上使用，换电脑时在旧设备上注销即可。",
      usageNote: "打开砚台 → 帮助 → 输入授权码。授权码区分大小写，请整行复制。",
    },
    en: {
      title: "Inkwell editor",
      summary: "A quiet place to write. One licence key for three devices.",
      description:
        "Inkwell is a writing program without distractions, for Windows, macOS and Linux.\nOne key works on three devices; sign out on the old one when you move.",
      usageNote: "Open Inkwell → Help → Enter licence key. Copy the whole line; capital letters matter.",
    },
    variants: [
      {
        sku: "INK-1Y",
        zh: "一年",
        en: "One year",
        priceMinor: 9_800n,
        cards: 90,
        pattern: "INK1Y-#####-#####-#####-#####",
      },
      {
        sku: "INK-LIFE",
        zh: "永久",
        en: "Lifetime",
        priceMinor: 26_800n,
        cards: 60,
        pattern: "INKLT-#####-#####-#####-#####",
        stockPolicy: "deduct_on_order",
      },
      {
        sku: "INK-API-100",
        zh: "校对接口 100 次",
        en: "Proofreading API, 100 uses",
        priceMinor: 1_900n,
        cards: 40,
        pattern: "",
        keyUses: 100,
        usageNote: {
          zh: "砚台 → 设置 → 在线校对 → 填入密钥，或在自己的程序里调用。每校对一篇扣一次。",
          en: "Inkwell → Settings → Online proofreading → enter the key, or call it from a program. Each text is one use.",
        },
      },
    ],
  },
  {
    slug: "cloudsail-gift-card",
    category: "gifts",
    zh: {
      title: "云帆礼品卡",
      summary: "云帆商城通用面值卡，送人自用都合适。",
      description:
        "可在云帆商城购买任何自营商品，余额不过期，不找零、可分次使用。\n整批采购另有折扣，付款页会自动按档计价。",
      usageNote: "云帆商城 → 我的 → 礼品卡 → 绑定。卡号与密码之间用空格隔开。",
    },
    en: {
      title: "Cloudsail gift card",
      summary: "Face-value cards for the Cloudsail store, to give or to keep.",
      description:
        "Good for anything Cloudsail sells itself. The balance does not expire and can be spent in parts.\nThere is a discount by quantity, applied as you choose.",
      usageNote: "Cloudsail → Me → Gift cards → Add. Card number and PIN are separated by a space.",
    },
    variants: [
      {
        sku: "SAIL-50",
        zh: "50 元面值",
        en: "¥50",
        priceMinor: 4_900n,
        cards: 500,
        pattern: "6008@@@@@@@@@@@@ ######",
        quantityMax: 200,
        tiers: [
          [20, 4_850n],
          [100, 4_800n],
        ],
      },
      {
        sku: "SAIL-100",
        zh: "100 元面值",
        en: "¥100",
        priceMinor: 9_750n,
        cards: 400,
        pattern: "6018@@@@@@@@@@@@ ######",
      },
      {
        sku: "SAIL-500",
        zh: "500 元面值",
        en: "¥500",
        priceMinor: 48_500n,
        cards: 60,
        pattern: "6058@@@@@@@@@@@@ ######",
      },
    ],
  },
  {
    slug: "mountain-sea-music",
    category: "credits",
    zh: {
      title: "山海音乐会员",
      summary: "无损音质，离线收听，可叠加续期。",
      description: "山海音乐高级会员兑换码，含无损曲库与离线下载。\n可叠加使用，已有会员的账号会顺延到期日。",
      usageNote: "山海音乐 → 会员中心 → 兑换码。每个码只能兑换一次。",
    },
    en: {
      title: "Mountain & Sea music",
      summary: "Lossless, offline, and stackable with what you already have.",
      description:
        "A code for Mountain & Sea premium: the lossless library and offline listening.\nCodes stack, so an existing membership is simply extended.",
      usageNote: "Mountain & Sea → Membership → Redeem. Each code works once.",
    },
    variants: [
      {
        sku: "MUSIC-1M",
        zh: "月卡",
        en: "One month",
        priceMinor: 1_500n,
        cards: 400,
        pattern: "SH1M######@@@@",
        stockPolicy: "claim_on_payment",
      },
      { sku: "MUSIC-1Y", zh: "年卡", en: "One year", priceMinor: 14_800n, cards: 150, pattern: "SH1Y######@@@@" },
    ],
  },
  {
    slug: "egret-drive",
    category: "credits",
    zh: {
      title: "白鹭云盘",
      summary: "2 TB 空间，一年有效，不限速。",
      description: "白鹭云盘 2 TB 年度会员。上传下载都不限速，历史版本保留 90 天。",
      usageNote: "白鹭云盘网页版 → 账户 → 激活码。激活后当天生效。",
    },
    en: {
      title: "Egret Drive",
      summary: "2 TB for a year, at full speed.",
      description: "A year of Egret Drive with 2 TB, unthrottled both ways, and 90 days of earlier versions.",
      usageNote: "Egret Drive on the web → Account → Activation code. It counts from the day you activate it.",
    },
    variants: [
      {
        sku: "EGRET-2T",
        zh: "2 TB 一年",
        en: "2 TB, one year",
        priceMinor: 19_900n,
        cards: 4,
        pattern: "BL2T-######-######",
      },
    ],
  },
  {
    slug: "timekeep",
    category: "software",
    zh: {
      title: "拾光修图",
      summary: "胶片质感的修图软件，桌面与手机通用。",
      description: "拾光修图专业版授权，内置 42 种胶片模拟，支持 RAW。\n桌面与手机使用同一个授权码。",
      usageNote: "拾光 → 设置 → 升级专业版 → 我有授权码。",
    },
    en: {
      title: "Timekeep photo editor",
      summary: "The look of film, on your desk and on your phone.",
      description:
        "A licence for Timekeep Pro with 42 film simulations and RAW support.\nOne key serves the desktop and the phone.",
      usageNote: "Timekeep → Settings → Upgrade to Pro → I have a licence key.",
    },
    variants: [
      { sku: "TIME-PRO", zh: "专业版", en: "Pro", priceMinor: 12_800n, cards: 200, pattern: "SG-#####-#####-#####" },
    ],
  },
  {
    slug: "matinee",
    category: "gifts",
    zh: {
      title: "日场电影票",
      summary: "周一到周五 17 点前场次通兑。",
      description: "全国 300 家影院通用，工作日 17 点前的 2D、3D 场次均可兑换，特殊场次除外。",
      usageNote: "“日场”小程序 → 选座 → 用兑换码支付。",
    },
    en: {
      title: "Matinee ticket",
      summary: "Any weekday screening before five.",
      description:
        "Valid in 300 cinemas for 2D and 3D screenings before 17:00 on weekdays, special screenings excepted.",
      usageNote: "Matinee app → choose a seat → pay with a code.",
    },
    variants: [
      { sku: "MATINEE-1", zh: "单人票", en: "One seat", priceMinor: 3_500n, cards: 0, pattern: "RC@@@@-######" },
    ],
  },
];

/** Every product has a picture of its own name. */
export const pictureOf = (slug: string): string => `/pictures/${slug}.svg`;

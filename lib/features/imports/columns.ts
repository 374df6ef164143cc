/** "Card No. *" and "card_no" are one name. */
const nameOf = (text: string): string =>
  text
    .trim()
    .replace(/^\ufeff/, "")
    .toLowerCase()
    .replace(/[\s_\-*.:：()（）]/g, "");

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Columns that are a card by themselves. */
const SECRET = words(
  "卡密 卡密内容 卡密信息 激活码 兑换码 礼品码 充值码 提货码 券码 卡券码 序列号 密钥 内容 cdk cdkey key keys code codes secret secrets card cards " +
    "cardkey cardcode cardsecret activationcode redeemcode redemptioncode giftcode vouchercode serial serialnumber licence license licencekey " +
    "licensekey token content",
);
/** Columns that are half of one. */
const ACCOUNT = words(
  "账号 帐号 账户 用户名 用户 邮箱 手机号 手机 卡号 account accounts user username login email mail phone cardno cardnumber number",
);
const PASSWORD = words("密码 卡密码 口令 password pass passwd pwd pin pincode");
/** Columns that are about a card and not of it. */
const ABOUT =
  /^(序号|编号|备注|说明|预览|公开预览|自选预览|公开信息|加价|自选加价|成本|成本价|进价|价格|售价|面值|状态|批次|渠道|来源|有效期|到期|到期时间|过期时间|质保|创建时间|日期|id|no|index|note|notes|remark|remarks|memo|comment|preview|publicpreview|extra|extraprice|cost|price|value|status|state|batch|source|expires?|expiresat|expiry|date|createdat|time)$/;

const isOneOf = (set: ReadonlySet<string>) => (name: string) => set.has(nameOf(name));
const isSecret = isOneOf(SECRET);
const isAccount = isOneOf(ACCOUNT);
const isPassword = isOneOf(PASSWORD);

/** Whether a first row names columns: all of them look like names, and one is a name that cards go by. */
export function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim());
  if (names.length < 2 || names.some((name) => name.length > 40) || new Set(names).size !== names.length) return false;
  if (names.filter((name) => name === "").length > 0 || names.some((name) => /^[\d.,%-]+$/.test(name))) return false;
  return names.some((name) => isSecret(name) || isAccount(name) || isPassword(name));
}

/** Which columns are the card: a secret alone, or an account with all that belongs to it, or everything that is not about it. */
export function chooseColumns(names: readonly string[]): number[] {
  const places = names.map((_, place) => place);
  const at = (place: number): string => names[place] ?? "";
  const own = places.filter((place) => !ABOUT.test(nameOf(at(place))));
  if (names.some(isAccount) || names.some(isPassword)) return own.length > 0 ? own : places;
  const secrets = places.filter((place) => isSecret(at(place)));
  if (secrets.length > 0) return secrets.slice(0, 1);
  return own.length > 0 ? own : places;
}

const PREVIEW = words("预览 公开预览 自选预览 公开信息 preview publicpreview");
const EXTRA = words("加价 自选加价 extra extraprice");

/** Which columns say what is public about a card, and what it costs beyond: only those that are named so, for nothing is published by guess. */
export function choosePublic(names: readonly string[]): {
  readonly preview: number | null;
  readonly extra: number | null;
} {
  const placeOf = (set: ReadonlySet<string>): number | null => {
    const place = names.findIndex(isOneOf(set));
    return place < 0 ? null : place;
  };
  const preview = placeOf(PREVIEW);
  return { preview, extra: preview === null ? null : placeOf(EXTRA) };
}

/** Columns without a header go by their number. */
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, place) => String(place + 1));

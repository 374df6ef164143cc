export const DEVICE_KINDS = ["desktop", "mobile", "wechat", "alipay"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

const READ_LETTERS = 500;

/**
 * What the buyer holds, by the word of his browser, which may be wrong: a wallet's own browser, a phone, or a computer. Gateways
 * choose the way to pay by it, so a wrong word costs the buyer a detour and nobody any money.
 */
export function deviceKindOf(userAgent: string): DeviceKind {
  const read = userAgent.slice(0, READ_LETTERS);
  if (/MicroMessenger\//i.test(read)) return "wechat";
  if (/AlipayClient\//i.test(read)) return "alipay";
  return /Android|iPhone|iPad|iPod|HarmonyOS|OpenHarmony|Mobile/i.test(read) ? "mobile" : "desktop";
}

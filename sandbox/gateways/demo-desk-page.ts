/** The gateways that a demo shop has beside EPay. */
export const HOUSE_GATEWAYS = ["alipay", "wechat", "stripe", "usdt"] as const;
export type HouseGateway = (typeof HOUSE_GATEWAYS)[number];

const NAMES: Readonly<Record<HouseGateway, string>> = {
  alipay: "支付宝 Alipay",
  wechat: "微信支付 WeChat Pay",
  stripe: "Stripe",
  usdt: "USDT (TRC20)",
};

const frame = (title: string, body: string): string => `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.25rem}
form{display:flex;justify-content:space-between;align-items:center;padding:.75rem 0;border-top:1px solid #ddd}
button{border:0;border-radius:.5rem;padding:.5rem 1rem;background:#1d1b18;color:#fff;font:inherit}</style><h1>${title}</h1>${body}</html>`;

export const notFoundPage = frame("认不出这个码 This code leads nowhere", "");

/** The desk of the demo's gateways: each answers, or is silent until it is told otherwise. */
export function demoDesk(silent: ReadonlySet<HouseGateway>): string {
  const rows = HOUSE_GATEWAYS.map((gateway) => {
    const isSilent = silent.has(gateway);
    const [how, label] = isSilent ? ["normal", "恢复 Answer again"] : ["silent", "不回答 Fall silent"];
    const state = isSilent ? " · 没有回应 silent" : "";
    return `<form method="post"><input type="hidden" name="gateway" value="${gateway}"><span>${NAMES[gateway]}${state}</span>
<button name="how" value="${how}">${label}</button></form>`;
  });
  const lead =
    "<p>演示店的支付渠道。让一家不回答，看看商店怎么办。 Make one fall silent and see what the shop does.</p>";
  return frame("演示渠道 Demo gateways", lead + rows.join(""));
}

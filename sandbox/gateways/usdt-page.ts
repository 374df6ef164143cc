const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

export interface CoinPage {
  readonly title: string;
  readonly coins: string;
  readonly coin: string;
  readonly network: string;
  readonly address: string;
  readonly returnUrl: string;
  readonly state: "waiting" | "paid" | "over";
}

const BUTTONS = [
  ["pay", "按数额转账 Send this amount"],
  ["less", "少转 0.01 Send 0.01 less"],
  ["twice", "转账，通知两次 Send it, told twice"],
  ["silent", "转账，但不通知 Send it, never told"],
] as const;

/** The server's own page about a trade, with what a wallet might do in place of a wallet. */
export function coinPage(page: CoinPage): string {
  const back = `<a href="${escaped(page.returnUrl)}">返回商家 Back to the shop</a>`;
  const buttons = BUTTONS.map(([how, label]) => `<button name="how" value="${how}">${label}</button>`).join("");
  const words = { waiting: "等待转账 Waiting", paid: "已到账 Paid", over: "已过期 Over" } as const;
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(page.title)}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.25rem}strong{font-size:2rem;display:block}code{overflow-wrap:anywhere}button{display:block;width:100%;margin:.75rem 0;
padding:.75rem;border:0;border-radius:.5rem;background:#26a17b;color:#fff;font:inherit}</style>
<h1>${escaped(page.title)}：${words[page.state]}</h1><strong>${escaped(page.coins)} ${escaped(page.coin)}</strong>
<p>${escaped(page.network)} <code>${escaped(page.address)}</code></p>
${page.state === "waiting" ? `<form method="post">${buttons}</form>` : ""}${back}</html>`;
}

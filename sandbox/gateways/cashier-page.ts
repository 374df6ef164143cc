const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

const frame = (title: string, body: string): string => `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.25rem}
strong{font-size:2rem;display:block}button,a.button{display:block;width:100%;box-sizing:border-box;margin:.75rem 0;padding:.75rem;
border:0;border-radius:.5rem;background:#1456c8;color:#fff;font:inherit;text-align:center;text-decoration:none}</style>
<h1>${title}</h1>${body}</html>`;

export interface Cashier {
  /** "支付宝（演示）Alipay (demo)" */
  readonly title: string;
  readonly subject: string;
  readonly yuan: string;
  readonly state: "open" | "paid" | "closed";
  /** Empty: there is no way back. */
  readonly returnUrl: string;
}

const isAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** What a scanned code or the shop's address leads to. It works without JavaScript. */
export function cashierPage({ title, subject, yuan, state, returnUrl }: Cashier): string {
  const amount = `<p>${escaped(subject)}</p><strong>¥ ${yuan}</strong>`;
  const link = `<a class="button" href="${escaped(returnUrl)}">返回商家 Back to the shop</a>`;
  const back = isAddress(returnUrl) ? link : "";
  if (state === "paid") return frame("支付成功 Paid", amount + back);
  if (state === "closed") return frame("交易已关闭 Closed", amount + back);
  const button = (how: string, label: string) => `<button name="how" value="${how}">${label}</button>`;
  const buttons = [
    button("pay", "确认付款 Pay"),
    button("twice", "付款，通知两次 Pay, told twice"),
    button("silent", "付款，但不通知 Pay, never told"),
  ];
  return frame(title, `${amount}<form method="post">${buttons.join("")}</form>${back}`);
}

/** How often the shop is told, by the button that was pressed. */
export const tellOf = (how: string): "once" | "twice" | "never" =>
  how === "silent" ? "never" : how === "twice" ? "twice" : "once";

export const plainPage = (title: string): string => frame(title, "");

/** The words of the mail that opens a wallet. Pure. It names no amount: whoever sees the mailbox over a shoulder learns nothing. */

const WORDS = {
  zh: (link: string, minutes: number) => ({
    subject: "打开你的余额",
    lines: [
      `打开下面的链接，查看和使用你在本店的余额（${minutes} 分钟内有效，只能用一次）：`,
      link,
      "请不要把链接转给别人：拿到它就能花掉余额。",
      "如果不是你本人操作，请忽略这封邮件，余额不受影响。",
    ],
  }),
  en: (link: string, minutes: number) => ({
    subject: "Open your balance",
    lines: [
      `Open this link to see and spend your balance at the shop (valid for ${minutes} minutes, works once):`,
      link,
      "Please do not pass it on: whoever has it can spend the balance.",
      "If you did not ask for this, simply ignore it; your balance stays as it is.",
    ],
  }),
};

/** A plain-text letter with the link to the wallets of its recipient. */
export function writeWalletLetter(
  locale: "zh" | "en",
  link: string,
  linkMinutes: number,
): { subject: string; text: string } {
  const { subject, lines } = WORDS[locale](link, linkMinutes);
  return { subject, text: `${lines.join("\n\n")}\n` };
}

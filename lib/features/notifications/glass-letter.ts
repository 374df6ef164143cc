/** The words of the mail about a card that an admin has opened. Pure. It names no card's text, and leads to its record. */

export interface GlassFacts {
  readonly link: string;
  readonly reason: string;
  readonly count: number;
}

/** A letter to a merchant's people, in both languages because nobody chose one. */
export function writeGlassLetter({ link, reason, count }: GlassFacts): { subject: string; text: string } {
  const lines = [
    `平台管理员紧急查看了你的 ${count} 张卡密。原因：${reason}`,
    "谁在什么时候看的，都在这张卡的记录里。如果你不知情，请联系平台。",
    `An admin of the platform opened ${count} of your cards in an emergency. Reason: ${reason}`,
    "Who it was, and when, is on the card's record. If this is news to you, please contact the platform.",
    link,
  ];
  return { subject: "管理员查看了你的卡密 · An admin opened your card", text: `${lines.join("\n\n")}\n` };
}

/** A letter about an order as text: what it says, and behind it the link that opens the order once. */
export function textOfOrderLetter(
  locale: "zh" | "en",
  lines: readonly string[],
  { link, linkMinutes }: { readonly link: string; readonly linkMinutes: number },
): string {
  const open =
    locale === "zh"
      ? `查看订单（${linkMinutes} 分钟内有效，只能用一次）：`
      : `See your order (valid for ${linkMinutes} minutes, works once):`;
  return `${[...lines, open, link].join("\n\n")}\n`;
}

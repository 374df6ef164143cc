import { escapeHtml } from "@/lib/api/escape-html";

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Ours stands out. */
  readonly isOurs: boolean;
}

const WIDTH = 760;
const LABEL_WIDTH = 210;
const TEXT_WIDTH = 110;
const ROW = 26;
const TOP = 44;

/** Horizontal bars on one linear scale that starts at nothing, in the reader's light or dark. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 1e-9);
  const room = WIDTH - LABEL_WIDTH - TEXT_WIDTH;
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map(({ label, value, text, isOurs }, row) => {
    const y = TOP + row * ROW;
    const width = Math.max(1, (value / most) * room).toFixed(1);
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${y + 15}" text-anchor="end">${escapeHtml(label)}</text>`,
      `<rect class="${isOurs ? "ours" : "other"}" x="${LABEL_WIDTH}" y="${y + 3}" width="${width}" height="${ROW - 9}" rx="3"/>`,
      `<text x="${LABEL_WIDTH + Number(width) + 8}" y="${y + 15}">${escapeHtml(text)}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeHtml(title)}">
<style>
svg { background: #fff } text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px }
.ours { fill: #1a7f5a } .other { fill: #b6bec8 }
@media (prefers-color-scheme: dark) { svg { background: #0d1117 } text { fill: #e6edf3 } .ours { fill: #3fb68b } .other { fill: #4b5560 } }
</style>
<text class="title" x="12" y="24">${escapeHtml(title)}</text>
${rows.join("\n")}
</svg>
`;
}

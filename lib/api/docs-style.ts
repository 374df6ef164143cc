/** The shop's paper, ink and seal, small enough to stand in one page that loads nothing. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1d1b18;--quiet:#6b665e;--line:#e4e0d8;--seal:#a63a26;--tint:#f3f0ea}
@media (prefers-color-scheme:dark){:root{--paper:#171512;--ink:#ece8e1;--quiet:#a39c91;--line:#35312b;--seal:#ee8e76;--tint:#201d19}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:16px}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{display:flex;align-items:baseline;justify-content:space-between;gap:16px;padding:24px 16px;border-bottom:1px solid var(--line);max-width:1120px;margin:auto}
h1{font-size:20px;margin:0}h2{font-size:20px;margin:48px 0 8px}h3{font-size:16px;margin:0 0 4px;overflow-wrap:anywhere}
a{color:var(--seal)}a:focus-visible{outline:2px solid var(--seal);outline-offset:2px}
.columns{display:grid;grid-template-columns:220px minmax(0,1fr);gap:40px;max-width:1120px;margin:auto;padding:24px 16px 96px}
nav{position:sticky;top:16px;align-self:start;max-height:calc(100vh - 32px);overflow:auto;font-size:14px}
nav p{margin:16px 0 4px;color:var(--quiet)}nav ul{list-style:none;margin:0;padding:0}nav a{color:inherit;text-decoration:none;display:block;padding:4px 0}nav a:hover{color:var(--seal)}
section{padding:24px 0;border-bottom:1px solid var(--line)}section p{margin:8px 0}.summary{color:var(--quiet)}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:14px;font-feature-settings:"zero","tnum"}
pre{background:var(--tint);border:1px solid var(--line);border-radius:8px;padding:16px;overflow-x:auto}
.verb{font:600 12px/1 ui-monospace,monospace;border:1px solid currentColor;border-radius:4px;padding:4px 8px;margin-right:8px;display:inline-block}.post{color:var(--seal)}
.tag{font-size:13px;border:1px solid var(--line);border-radius:999px;padding:2px 8px;white-space:nowrap}
.quiet{color:var(--quiet);font-weight:400;font-size:14px}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:8px 0;font-size:14px}th,td{text-align:left;vertical-align:top;padding:8px 16px 8px 0;border-top:1px solid var(--line);font-weight:400}
.problems a{display:inline-block;margin:4px 12px 4px 0;font-size:14px}:target{background:var(--tint)}
@media (max-width:800px){.columns{display:block}nav{position:static;max-height:none;border-bottom:1px solid var(--line);padding-bottom:16px;margin-bottom:16px}}
`;

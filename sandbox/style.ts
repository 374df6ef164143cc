/** The cashier's whole look: paper, ink and one seal, like the shop's, under a striped band that the shop never wears. */
export const STYLE = `
:root{color-scheme:light dark;--paper:oklch(0.975 0.006 85);--card:oklch(0.995 0.003 85);--ink:oklch(0.24 0.01 60);--soft:oklch(0.47 0.012 60);
--line:oklch(0.88 0.008 75);--seal:oklch(0.52 0.19 30);--on-seal:oklch(0.99 0.005 85);--good:oklch(0.45 0.11 150);--bad:oklch(0.5 0.17 30);--band:oklch(0.9 0.09 90);--on-band:oklch(0.3 0.05 70)}
@media (prefers-color-scheme:dark){:root{--paper:oklch(0.19 0.006 60);--card:oklch(0.235 0.007 60);--ink:oklch(0.94 0.006 85);--soft:oklch(0.74 0.01 75);
--line:oklch(0.35 0.008 60);--seal:oklch(0.58 0.18 30);--on-seal:oklch(0.99 0.005 85);--good:oklch(0.8 0.12 150);--bad:oklch(0.76 0.13 30);--band:oklch(0.36 0.05 85);--on-band:oklch(0.93 0.05 90)}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Inter,system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
a{color:inherit;text-underline-offset:3px}.band{display:flex;justify-content:center;gap:12px;padding:10px 16px;background:repeating-linear-gradient(-45deg,var(--band) 0 14px,color-mix(in oklab,var(--band),var(--paper) 35%) 14px 28px);color:var(--on-band);font-size:14px;font-weight:600;text-align:center}
main{max-width:460px;margin:0 auto;padding:20px 16px 56px}header{display:flex;justify-content:space-between;align-items:center;margin-bottom:16px}
header b{display:flex;align-items:center;gap:10px;font-size:17px}header a{font-size:14px;color:var(--soft);padding:8px 0}
.seal{display:grid;place-items:center;width:32px;height:32px;border:2px solid var(--seal);border-radius:6px;color:var(--seal);font-size:15px;font-weight:700;transform:rotate(-4deg)}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:20px;margin-bottom:16px}
h1{margin:0;font-size:44px;line-height:1.1;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:-.02em}h1 small{font-size:24px;font-weight:500;margin-right:4px}
h2,.title{margin:0 0 4px;font-size:16px;line-height:1.55;letter-spacing:0}p{margin:0 0 12px}.soft{color:var(--soft);font-size:14px}.state{display:inline-block;margin-bottom:8px;font-size:14px;font-weight:600;color:var(--soft)}.state.paid{color:var(--good)}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:16px 0 0;padding-top:16px;border-top:1px solid var(--line);font-size:14px}dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
code,dd.number{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-feature-settings:"zero"}
fieldset{border:0;padding:0;margin:20px 0 0}legend{padding:0;font-size:14px;color:var(--soft);margin-bottom:8px}.choices{display:grid;grid-template-columns:1fr 1fr;gap:8px}
.choices label{display:flex;align-items:center;gap:10px;min-height:48px;padding:0 14px;border:1px solid var(--line);border-radius:8px;cursor:pointer}.choices label:has(:checked){border-color:var(--seal);box-shadow:inset 0 0 0 1px var(--seal)}input[type=radio]{accent-color:var(--seal);width:18px;height:18px;margin:0}
button,.button,select{font:inherit;min-height:48px;border-radius:8px}button,.button{display:flex;align-items:center;justify-content:center;width:100%;padding:6px 16px;border:1px solid var(--line);background:var(--card);color:var(--ink);font-weight:600;cursor:pointer;text-decoration:none}
button:hover,.button:hover{border-color:var(--soft)}.main{min-height:52px;margin-top:16px;border-color:var(--seal);background:var(--seal);color:var(--on-seal);font-size:17px}.main:hover{border-color:var(--seal);filter:brightness(1.06)}
:focus-visible{outline:3px solid var(--seal);outline-offset:2px}.mishap{padding:12px 0;border-top:1px solid var(--line)}.mishap .soft{display:block;margin-top:4px}.row{display:grid;grid-template-columns:1fr 1fr;gap:8px}
select{width:100%;padding:0 10px;border:1px solid var(--line);background:var(--card);color:var(--ink)}.link{display:block;padding:12px;text-align:center;color:var(--soft);font-size:14px}
ol{list-style:none;margin:12px 0 0;padding:0}ol li{padding:12px 0;border-top:1px solid var(--line);font-size:14px}ol b{display:flex;justify-content:space-between;gap:12px;font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)}time{color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums;white-space:nowrap}
details{margin-top:6px}summary{cursor:pointer;color:var(--soft);padding:4px 0}details code,.answer{display:block;margin-top:4px;padding:8px 10px;border-radius:6px;background:var(--paper);overflow-wrap:anywhere;white-space:pre-wrap}
.list{margin-bottom:4px}h2:has(+.list){margin-top:20px}.list span{white-space:nowrap;font-size:14px}.list a{display:flex;justify-content:space-between;align-items:baseline;gap:12px;padding:12px 0;border-top:1px solid var(--line);text-decoration:none;overflow-wrap:anywhere}.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (min-width:900px){main.wide{max-width:940px;display:grid;grid-template-columns:1fr 1fr;gap:0 20px;align-items:start}main.wide>header,main.wide>footer{grid-column:1/-1}}
`;

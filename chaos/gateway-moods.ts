import type { ServerResponse } from "node:http";

/**
 * How a gateway misbehaves when it is asked. `hangs`: no answer, ever. `slow`: the right one, late. `cuts`: the connection ends in
 * the middle. `redirects`: to the cashier of another shop. `breaks`: an empty page, as PHP shows an error. `garbles`: a page that is no
 * answer, or an answer to something else.
 */
export const GATEWAY_MOODS = ["hangs", "slow", "cuts", "redirects", "breaks", "garbles"] as const;
export type GatewayMood = (typeof GATEWAY_MOODS)[number];

const SLOW_MS = 1_500;

/** What was asked, and what a well-behaved gateway would say. */
export interface AskedGateway {
  readonly outTradeNo: string;
  readonly right: Readonly<Record<string, unknown>>;
  /** Rightly paid, by somebody else; null while nobody has. */
  readonly anothers: Readonly<Record<string, unknown>> | null;
}

/** None of these says that the order is paid, though most of them look like it. */
function garbageOf({ outTradeNo, right, anothers }: AskedGateway): string[] {
  const paid = {
    ...right,
    code: 1,
    msg: "ok",
    trade_no: "2026999999",
    out_trade_no: outTradeNo,
    type: "alipay",
    status: 1,
  };
  return [
    "success",
    "<html><body>502 Bad Gateway</body></html>",
    "[]",
    '{"code":1,"msg":"ok"}',
    JSON.stringify(paid).slice(0, -9),
    JSON.stringify({ ...paid, pid: 9_999, money: "10.00" }),
    JSON.stringify({ ...paid, pid: right.pid, money: "1e1" }),
    JSON.stringify({ ...paid, pid: right.pid, money: null }),
    JSON.stringify({ ...paid, pid: right.pid, money: "10.00", out_trade_no: [outTradeNo] }),
    JSON.stringify(anothers ?? { code: 1 }),
    " ".repeat(2_000_000),
  ];
}

/** Answers in this mood; `nth` draws which garbage it is. */
export function misbehave(mood: GatewayMood, response: ServerResponse, asked: AskedGateway, nth: number): void {
  const text = JSON.stringify(asked.right);
  switch (mood) {
    case "hangs":
      return;
    case "slow":
      setTimeout(() => response.end(text), SLOW_MS);
      return;
    case "cuts":
      response.setHeader("content-length", text.length);
      response.write(text.slice(0, text.length >> 1), () => response.destroy());
      return;
    case "redirects":
      response.writeHead(302, { location: "http://127.0.0.1:9/submit.php" }).end();
      return;
    case "breaks":
      response.writeHead(500).end();
      return;
    case "garbles": {
      const garbage = garbageOf(asked);
      response.end(garbage[nth % garbage.length]);
    }
  }
}

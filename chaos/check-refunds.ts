import type { Evidence, Violation } from "./checker";
import { groupBy } from "./group-by";

/** I9: money goes back once, all of it and no more, and what the shop says of it is what the till says. */
export function checkRefunds({ given, taken, facts }: Evidence): Violation[] {
  const promise = "I9 money";
  const paid = new Map(taken.map(({ tradeNo, minor }) => [tradeNo, minor]));
  const rows = groupBy(facts.refunds, ({ tradeNo }) => tradeNo);
  const tills = groupBy(given, ({ tradeNo }) => tradeNo);
  const twice = [...tills].filter(([, times]) => times.length > 1);
  const wrong = given.filter(({ tradeNo, minor }) => paid.get(tradeNo) !== minor);
  const unknown = [...tills.keys()].filter((tradeNo) => !rows.get(tradeNo)?.some(({ status }) => status !== "failed"));
  const early = facts.refunds.filter(({ tradeNo, status }) => status === "succeeded" && !tills.has(tradeNo));
  return [
    ...twice.map(([tradeNo, times]) => ({ promise, what: `${tradeNo} was given back ${times.length} times` })),
    ...wrong.map(({ tradeNo, minor }) => ({ promise, what: `${minor} was given back of ${tradeNo}` })),
    ...unknown.map((tradeNo) => ({ promise, what: `${tradeNo} was given back, and the shop does not know of it` })),
    ...early.map(({ tradeNo }) => ({ promise, what: `${tradeNo} is said to be given back, and is not` })),
  ];
}

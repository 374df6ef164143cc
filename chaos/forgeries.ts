import type { Bought } from "./buyer";
import { type Fields, queryOf, signed, yuan } from "./epay";
import type { Gateway } from "./gateway";
import type { Forgery } from "./plan";

/** Ways to write an amount that a careless reader takes for money. */
const SPELLINGS = ["1e1", "+10", "０.01", "10,00", " 10", "0x0a", "10.001", "NaN", "-10", "010"];

/** The request that carries one forgery of this order's notice. */
export function forge(gateway: Gateway, bought: Bought, forgery: Forgery): { path: string; query: string } {
  const { key } = gateway.merchant;
  const { id: order, outTradeNo, totalMinor, plan } = bought;
  const tradeNo = `2026${outTradeNo.slice(0, 24)}F`;
  const fields = gateway.fieldsOf(
    { order, outTradeNo, tradeNo, minor: totalMinor.toString(), isTold: false, isGivenBack: false },
    plan.spelling,
  );
  const right = signed(fields, key);
  const variants: Readonly<Record<Forgery, Fields>> = {
    "wrong signature": { ...right, sign: `${right.sign?.slice(0, -1)}${right.sign?.endsWith("0") ? "1" : "0"}` },
    "signature in capitals": { ...right, sign: right.sign?.toUpperCase() ?? "" },
    "signature cut short": { ...right, sign: right.sign?.slice(0, 16) ?? "" },
    "no signature": fields,
    "empty signature": { ...fields, sign: "", sign_type: "MD5" },
    "signed with an empty key": signed(fields, ""),
    "other amount under the old signature": { ...right, money: yuan(totalMinor + 100n, "padded") },
    "other order under the old signature": {
      ...right,
      out_trade_no: `K${outTradeNo.slice(1).split("").reverse().join("")}`,
    },
    "wrong account": signed({ ...fields, pid: "9999" }, key),
    "other gateway": right,
    "not a success": signed({ ...fields, trade_status: "WAIT_BUYER_PAY" }, key),
    "amount in another spelling": signed({ ...fields, money: SPELLINGS[plan.n % SPELLINGS.length] as string }, key),
    "order that is not there": signed({ ...fields, out_trade_no: `K${"0".repeat(30)}X` }, key),
    "repeated field": right,
  };
  const query = queryOf(variants[forgery]);
  return {
    path: forgery === "other gateway" ? "/api/pay/alipay/epay" : "/api/pay/epay/epay",
    query: forgery === "repeated field" ? `${query}&money=0.01` : query,
  };
}

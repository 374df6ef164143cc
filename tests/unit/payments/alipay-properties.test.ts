import fc from "fast-check";
import { expect, test } from "vitest";
import { readReply } from "@/lib/features/payments/gateways/alipay/call";
import { readTrade } from "@/lib/features/payments/gateways/alipay/query";
import { readRefund } from "@/lib/features/payments/gateways/alipay/refund";
import { rawMembers } from "@/lib/features/payments/gateways/json-members";
import { readPrivateKey, readPublicKey } from "@/lib/features/payments/gateways/rsa";
import { account, config, formOf, post, replyOf, signed } from "./alipay-fixtures";

test("no bytes make the notice reader throw, or pay", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, contentType) => {
      for (const type of [contentType, "application/x-www-form-urlencoded"]) {
        const notice = account.readNotification(post(bytes, type), 0);
        expect(notice.ok).toBe(false);
      }
    }),
  );
});

test("a notice with any one letter changed is never the payment it was", () => {
  const whole = formOf(signed());
  const place = fc.nat(whole.length - 1);
  fc.assert(
    fc.property(place, fc.constantFrom(..."ab01&=%+/ "), (at, letter) => {
      fc.pre(whole[at] !== letter);
      const changed = whole.slice(0, at) + letter + whole.slice(at + 1);
      // A plus and an encoded blank are the same form.
      fc.pre(new URLSearchParams(changed).toString() !== whole);
      const notice = account.readNotification(post(changed), 0);
      expect(notice.ok).toBe(false);
    }),
  );
});

test("no text makes the reply reader throw or say yes", () => {
  const almost = fc
    .tuple(fc.constantFrom("alipay_trade_query_response", "error_response", "sign"), fc.json())
    .map(([name, json]) => `{"${name}":${json},"sign":"AAAA"}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), almost), (text) => {
      expect(readReply(text, "alipay.trade.query", config).ok).toBe(false);
    }),
  );
});

test("no rightly signed content makes the readers of trades and refunds throw, or name another order", () => {
  const content = fc.dictionary(
    fc.constantFrom("code", "sub_code", "out_trade_no", "trade_no", "trade_status", "total_amount", "refund_status"),
    fc.oneof(fc.constantFrom("10000", "40004", "TRADE_SUCCESS", "TRADE_CLOSED", "9.90", "A1"), fc.jsonValue()),
  );
  fc.assert(
    fc.property(content, (fields) => {
      const reply = readReply(replyOf("alipay.trade.query", fields), "alipay.trade.query", config);
      if (!reply.ok) return;
      const trade = readTrade(reply.value, "A1", config);
      if ("payment" in trade) expect(trade.payment.outTradeNo).toBe("A1");
      const refund = readRefund(reply.value, { outTradeNo: "A1", refundNo: "R1" });
      expect(["succeeded", "processing", "failed", "not_found", "unknown"]).toContain(refund.state);
    }),
  );
});

test("the members of an object are its very letters, whatever stands around them", () => {
  const blank = fc.stringMatching(/^[ \n\t]{0,3}$/);
  const member = fc.tuple(fc.string(), fc.json(), blank, blank);
  const members = fc.uniqueArray(member, { selector: ([name]) => name, maxLength: 6 });
  fc.assert(
    fc.property(members, blank, (list, space) => {
      const text = `${space}{${list.map(([name, json, before, after]) => `${before}${JSON.stringify(name)}${after}:${before}${json}${after}`).join(",")}${space}}`;
      const trimmed = list.map(([name, json]) => [name, json.trim()]);
      expect([...(rawMembers(text) ?? [])]).toEqual(trimmed);
    }),
  );
});

test("an object that names a member twice, and what is no object, have no members", () => {
  expect(rawMembers('{"a":1,"a":2}')).toBe(null);
  expect(rawMembers('{"a":1,"\\u0061":2}')).toBe(null);
  for (const text of ["[]", "null", "1", '"{}"', "{", '{"a":}', ""]) expect(rawMembers(text)).toBe(null);
});

test("no text makes the readers of keys throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      expect(readPrivateKey(text).ok || readPublicKey(text).ok).toBe(false);
    }),
  );
});

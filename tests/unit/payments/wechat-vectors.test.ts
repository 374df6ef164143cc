import { describe, expect, test } from "vitest";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import { readReply } from "@/lib/features/payments/gateways/wechat/call";
import {
  authorizationOf,
  openResource,
  requestText,
  shanghaiInstant,
} from "@/lib/features/payments/gateways/wechat/codec";
import { readPaid } from "@/tests/support/gateways";
import { account, config, merchantKey, NOW, vectorNotice, vectors } from "./wechat-fixtures";

const { request, getRequest, response, notifyPaid, notifyRefund, tamperedCiphertext, signTestProbe } = vectors.wechat;

describe("every vector of WeChat Pay v3", () => {
  test("a request: the signed text and the header", () => {
    const parts = {
      method: "POST",
      path: "/v3/pay/transactions/native",
      body: request.body,
      unixSeconds: 1795168539,
      nonce: "nonce0000000000000000000000000001",
    } as const;
    expect(requestText(parts)).toBe(request.stringToSign);
    expect(authorizationOf(parts, config)).toBe(request.authorization);
  });

  test("a question without a body", () => {
    const parts = {
      method: "GET",
      path: "/v3/pay/transactions/out-trade-no/WX20261120000001?mchid=1900000001",
      body: "",
      unixSeconds: 1795168540,
      nonce: "nonce0000000000000000000000000002",
    } as const;
    expect(requestText(parts)).toBe(getRequest.stringToSign);
    expect(signRsa(requestText(parts), merchantKey)).toBe(getRequest.signature);
  });

  test("a reply", () => {
    const reply = { status: 200, headers: new Headers(response.headers), body: Buffer.from(response.body) };
    expect(readReply(reply, config, NOW)).toMatchObject({
      ok: true,
      value: { isSigned: true, fields: { code_url: "weixin://wxpay/bizpayurl/up?pr=NwY5Mz9&groupid=00" } },
    });
    const edited = { ...reply, body: Buffer.from(response.body.replace("NwY5Mz9", "NwY5Mz8")) };
    expect(readReply(edited, config, NOW)).toEqual({ ok: false, error: "bad_signature" });
    expect(readReply(reply, config, NOW + 400_000)).toEqual({ ok: false, error: "stale" });
  });

  test("a paid notice: the order's amount, not what the buyer paid after coupons", () => {
    expect(readPaid(account, vectorNotice(notifyPaid), NOW)).toMatchObject({
      ok: true,
      value: {
        accountRef: "1900000001/wxd678efh567hg6787",
        outTradeNo: "WX20261120000001",
        gatewayTradeNo: "4200000001202611200000000001",
        amount: { amountMinor: 990n, currency: "CNY" },
        method: "native",
      },
    });
  });

  test("a refund's notice", () => {
    expect(account.readNotification(vectorNotice(notifyRefund), NOW)).toMatchObject({
      ok: true,
      value: {
        kind: "refund",
        refund: { refundNo: "RF20261120000001", amount: { amountMinor: 300n }, state: "succeeded" },
      },
    });
  });

  test("an altered ciphertext does not open: the tag is checked", () => {
    expect(openResource(JSON.parse(notifyPaid.body).resource, config.apiV3Key)).toBe(notifyPaid.plaintext);
    const original = Buffer.from(JSON.parse(notifyPaid.body).resource.ciphertext, "base64");
    const given = Buffer.from(tamperedCiphertext.ciphertext, "base64");
    if (!given.equals(original)) expect(openResource(tamperedCiphertext, config.apiV3Key)).toBe(null);
    for (let at = 0; at < original.length; at += 7) {
      const altered = Buffer.from(original);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const resource = { ...tamperedCiphertext, ciphertext: altered.toString("base64") };
      expect(openResource(resource, config.apiV3Key)).toBe(null);
    }
  });

  test("a probe is refused, and known as one", () => {
    const raw = vectorNotice({ ...notifyPaid, headers: { ...notifyPaid.headers, ...signTestProbe.headers } });
    expect(readPaid(account, raw, NOW)).toEqual({ ok: false, error: "probe" });
    expect(account.refused.status).toBe(401);
  });
});

test("instants are Shanghai's, and cut, never rounded past a deadline", () => {
  expect(shanghaiInstant(Date.parse("2026-11-20T10:10:00.999Z"))).toBe("2026-11-20T18:10:00+08:00");
});

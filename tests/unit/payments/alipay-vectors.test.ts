import { describe, expect, test } from "vitest";
import { readReply } from "@/lib/features/payments/gateways/alipay/call";
import { requestText, shanghaiTime, signedRequest } from "@/lib/features/payments/gateways/alipay/codec";
import { rawMembers } from "@/lib/features/payments/gateways/json-members";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import { readPaid } from "@/tests/support/gateways";
import { account, config, formOf, merchantKey, post, vectors } from "./alipay-fixtures";

const { request, response, notifyPaid, notifyPartialRefund, notifyFullRefund, notifySha1Downgrade } = vectors.alipay;
const notice = (form: Record<string, string>) => post(formOf(Object.entries(form)));

describe("every vector of Alipay", () => {
  test("a request: the signed text, and its signature", () => {
    const pairs = Object.entries(request.params);
    expect(requestText(pairs)).toBe(request.stringToSign);
    expect(signRsa(requestText(pairs), merchantKey)).toBe(request.sign);
  });

  test("our own request is made of the same parameters", () => {
    const { biz_content, notify_url } = request.params;
    const pairs = signedRequest(
      {
        method: request.params.method,
        content: JSON.parse(biz_content),
        notifyUrl: notify_url,
        now: Date.parse("2026-11-20T10:00:00Z"),
      },
      config,
    );
    expect(Object.fromEntries(pairs)).toEqual({ ...request.params, sign: request.sign });
  });

  test("a reply: verified over its very letters, escapes kept", () => {
    expect(rawMembers(response.rawBody)?.get("alipay_trade_precreate_response")).toBe(response.stringToSign);
    expect(readReply(response.rawBody, "alipay.trade.precreate", config)).toMatchObject({
      ok: true,
      value: { code: "10000", fields: { qr_code: "https://qr.alipay.com/bax00000000000" } },
    });
    const unescaped = response.rawBody.replaceAll("\\/", "/");
    expect(readReply(unescaped, "alipay.trade.precreate", config)).toEqual({ ok: false, error: "bad_signature" });
  });

  test("a paid notice, as bytes that came", () => {
    expect(readPaid(account, post(notifyPaid.body))).toMatchObject({
      ok: true,
      value: {
        accountRef: "2021000000000001/2088101106499364",
        outTradeNo: "AL20261120000001",
        gatewayTradeNo: "2026112022001400000000000001",
        amount: { amountMinor: 990n, currency: "CNY" },
      },
    });
  });

  test("a partial refund: TRADE_SUCCESS again, and no payment", () => {
    expect(account.readNotification(notice(notifyPartialRefund.form), 0)).toMatchObject({
      ok: true,
      value: { kind: "refund", refund: { refundNo: "RF1", outTradeNo: "AL20261120000001", state: "succeeded" } },
    });
  });

  test("a full refund: TRADE_CLOSED, and no expiry", () => {
    expect(account.readNotification(notice(notifyFullRefund.form), 0)).toMatchObject({
      ok: true,
      value: { kind: "refund", refund: { refundNo: "RF2" } },
    });
  });

  test("a notice signed with SHA-1 under the same key is refused", () => {
    expect(readPaid(account, notice(notifySha1Downgrade.form))).toEqual({ ok: false, error: "bad_signature" });
    const relabelled = { ...notifySha1Downgrade.form, sign_type: "RSA2" };
    expect(readPaid(account, notice(relabelled))).toEqual({ ok: false, error: "bad_signature" });
  });
});

test("times are Shanghai's, and cut, never rounded past a deadline", () => {
  expect(shanghaiTime(Date.parse("2026-11-20T10:00:00.999Z"))).toBe("2026-11-20 18:00:00");
  expect(shanghaiTime(Date.parse("2026-12-31T16:00:00Z"))).toBe("2027-01-01 00:00:00");
});

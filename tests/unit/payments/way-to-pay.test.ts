import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formPage } from "@/lib/api/form-page";
import { deviceKindOf } from "@/lib/entry/device-kind";
import type { OrderView } from "@/lib/features/orders/view";
import { isWebAddress, walletOf, wayToPay } from "@/lib/features/payments/way-to-pay";

const HOSTILE = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "\tjavascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "http://gateway.example/pay",
  "http://127.0.0.1.gateway.example/pay",
  "https://shop.example@evil.example/",
  "//evil.example/pay",
  "/zh/orders",
  "",
  `https://gateway.example/${"a".repeat(9_000)}`,
];

describe("what a buyer may be led to", () => {
  test.each(HOSTILE)("%s is no address for a button, a form, or an app", (url) => {
    expect(isWebAddress(url)).toBe(false);
    expect(wayToPay({ kind: "redirect", url }, null)).toEqual({ kind: "unsupported" });
    expect(wayToPay({ kind: "form", url, fields: [] }, null)).toEqual({ kind: "unsupported" });
    expect(wayToPay({ kind: "qrcode", text: "x", url }, null)).toMatchObject({ kind: "qrcode", url: null });
    const address = { kind: "address", text: "T1", network: "TRC20", payable: "1", payableCurrency: "USDT", url };
    expect(wayToPay(address, null)).toMatchObject({ kind: "address", url: null });
  });

  test("a wallet's own scheme opens from a code, and is never a page", () => {
    const code = { kind: "qrcode", text: "x", url: "alipays://platformapi/startapp?x=1" };
    expect(wayToPay(code, null)).toMatchObject({ url: code.url });
    expect(wayToPay({ kind: "redirect", url: code.url }, null)).toEqual({ kind: "unsupported" });
  });

  test("encrypted, or on this very machine", () => {
    for (const url of ["https://gateway.example/pay?a=1", "http://127.0.0.1:4000/x", "http://localhost/x"])
      expect(wayToPay({ kind: "redirect", url }, null)).toEqual({ kind: "redirect", url });
  });

  test("any text as any part makes a way that links to the web only, or none", () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(...HOSTILE));
    const kinds = fc.constantFrom(
      "redirect",
      "form",
      "qrcode",
      "address",
      "transfer",
      "on_request",
      "clientSecret",
      "",
    );
    fc.assert(
      fc.property(kinds, text, text, fc.option(text, { nil: undefined }), (kind, url, some, other) => {
        const way = wayToPay(
          {
            kind,
            url,
            text: some,
            network: other,
            payable: other,
            payableCurrency: other,
            payee: some,
            account: other,
            reference: some,
          },
          null,
        );
        if ("url" in way && way.url !== null && way.kind !== "qrcode") expect(isWebAddress(way.url)).toBe(true);
      }),
    );
  });
});

describe("a way to pay that lacks what a buyer needs is not shown in part", () => {
  test.each([
    [{ kind: "qrcode" }],
    [{ kind: "qrcode", text: "x".repeat(1_001) }],
    [{ kind: "address", text: "T1", network: "", payable: "1", payableCurrency: "USDT" }],
    [{ kind: "address", text: "T1", network: "TRC20", payableCurrency: "USDT" }],
    [{ kind: "transfer", payee: "A", account: "", reference: "1" }],
    [{ kind: "transfer", payee: "A", account: "1" }],
    [{ kind: "jsapi" }],
  ])("%j", (presented) => expect(wayToPay(presented, null)).toEqual({ kind: "unsupported" }));
});

test.each([
  ["weixin://wxpay/bizpayurl?pr=1", null, "wechat"],
  ["wxp://f2f0", "epay", "wechat"],
  ["https://qr.alipay.com/bax1", "epay", "alipay"],
  ["https://i.qianbao.qq.com/wallet/x", null, "qq"],
  ["https://qr.alipay.com.evil.example/", "epay", "any"],
  ["http://127.0.0.1:1/x", "alipay", "alipay"],
  ["https://cashier.example/1", "epay", "any"],
])("the code %s of a gateway %s is for the wallet: %s", (code, gateway, wallet) =>
  expect(walletOf(code, gateway)).toBe(wallet),
);

test.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0.50 NetType/WIFI", "wechat"],
  ["Mozilla/5.0 (Linux; Android 15) AlipayClient/10.6.0", "alipay"],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/131.0 Mobile Safari/537.36", "mobile"],
  ["Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1", "mobile"],
  ["Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0", "desktop"],
  ["", "desktop"],
])("the browser %s is taken for: %s", (userAgent, kind) => expect(deviceKindOf(userAgent)).toBe(kind));

describe("the page that posts a gateway's form", () => {
  const order = { id: "0199f0c2-a4b8-7c3e-9d5f-1a2b3c4d5e6f", locale: "zh" } as OrderView;
  const payment = { id: "0199f0c2-a4b8-7c3e-9d5f-1a2b3c4d5e70", accountId: "a", kind: "form" };

  test("may send it to the gateway's own origin and nowhere else, and runs no script but its own line", () => {
    const reply = formPage(order, { ...payment, url: "https://pay.gateway.example/in?x=1", fields: [["a", "1"]] });
    const policy = reply?.headers["Content-Security-Policy"] ?? "";
    expect(policy.split("; ").find((part) => part.startsWith("form-action"))).toBe(
      "form-action https://pay.gateway.example",
    );
    expect(policy).toContain("default-src 'none'");
    expect(reply?.headers["Cache-Control"]).toBe("no-store");
  });

  test("writes names and values as text: nothing that a gateway says becomes a part of the page", () => {
    const evil = `"><script>alert(1)</script><input value='`;
    const reply = formPage(order, { ...payment, url: "https://gateway.example/", fields: [[evil, evil]] });
    expect(reply?.body).not.toContain("alert(1)</script>");
    expect(reply?.body.match(/<script>/g)).toHaveLength(1);
    expect(reply?.body.match(/<input/g)).toHaveLength(1);
  });

  test.each(HOSTILE)("there is none for %s", (url) => expect(formPage(order, { ...payment, url })).toBeNull());
  test("there is none for what is no form", () =>
    expect(formPage(order, { ...payment, kind: "redirect", url: "https://gateway.example/" })).toBeNull());
});

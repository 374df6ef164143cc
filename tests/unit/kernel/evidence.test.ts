import { expect, test } from "vitest";
import { readEvidence } from "@/lib/kernel/evidence";

const shown = (pairs: unknown) =>
  readEvidence(JSON.stringify(pairs))?.map(({ name, value }) => `${name}=${value ?? "…"}`);

test("a raw notice is shown without what signed it, in any spelling of the name", () => {
  const names = [
    "sign",
    "SIGN",
    "Signature",
    "paypal-transmission-sig_key",
    "key",
    "api_key",
    "token",
    "access-token",
    "ciphertext",
    "nonce_str",
  ];
  expect(shown(names.map((name) => [name, "0123456789abcdef"]))).toEqual(names.map((name) => `${name}=…`));
  expect(
    shown([
      ["pid", "1000"],
      ["sign_type", "MD5"],
      ["money", "10"],
    ]),
  ).toEqual(["pid=1000", "sign_type=MD5", "money=10"]);
});

test("nothing hides in a value that is an object itself", () => {
  const body = JSON.stringify({
    response: { trade_no: "T1", inner: { sign: "secret" } },
    sign: "secret",
    list: [1, { key: "secret" }],
  });
  const fields = shown([["body", body]]);
  expect(fields).toEqual([
    "body.response.trade_no=T1",
    "body.response.inner.sign=…",
    "body.sign=…",
    "body.list.0=1",
    "body.list.1.key=…",
  ]);
  expect(shown([["sign", { deep: "secret" }]])).toEqual(["sign=…"]);
  expect(shown([["a", { b: { c: { d: { e: { f: "too deep" } } } } }]])).toEqual(["a.b.c.d.e=…"]);
});

test("what does not consist of fields is not shown at all, and what is endless ends", () => {
  for (const raw of ["", "sign=abc&pid=1", '{"sign":"abc"}', '[["sign"]]', "[1]"]) expect(readEvidence(raw)).toBe(null);
  expect(shown(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, "x"]))).toHaveLength(200);
});

import { describe, expect, test } from "vitest";
import { GATEWAY_KINDS } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { draftSettings, problemsByField, shownFields, shownValues } from "@/lib/features/payments/settings-form";
import { getMessages } from "@/lib/i18n";

const { fields: EPAY } = gatewayOf("epay");
const KEY = "an-md5-key-of-letters";
const onRecord = { baseUrl: "https://pay.example.com", pid: "1000", key: KEY, types: ["alipay"] };
const sent = {
  profile: "rainbow",
  baseUrl: "https://pay.example.com",
  pid: "1000",
  signMode: "MD5",
  key: "",
  types: "alipay",
};

describe("the form of every kind", () => {
  test.each(GATEWAY_KINDS)(
    "%s: each field has its words, each choice its name and each problem of a field a sentence",
    (kind) => {
      for (const locale of ["zh", "en"] as const) {
        const { gateways, settingsProblems } = getMessages(locale);
        const words = gateways[kind] as {
          fields: Record<string, string>;
          hints: Record<string, string>;
          choices: Record<string, Record<string, string>>;
        };
        for (const { name, choices, isRequired } of gatewayOf(kind).fields) {
          expect([kind, name, words.fields[name]]).not.toContain(undefined);
          expect([kind, name, words.hints[name]]).not.toContain(undefined);
          const isWord = (choice: string) => /^[A-Z]{3,4}$/.test(choice);
          for (const choice of choices ?? [])
            if (!isWord(choice)) expect([name, choice, words.choices[name]?.[choice]]).not.toContain(undefined);
          const missing = `${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_missing`;
          if (isRequired && !choices) expect(settingsProblems).toHaveProperty(missing);
        }
      }
    },
  );

  test.each(GATEWAY_KINDS)("%s: an empty form is refused, and at its fields", (kind) => {
    const { fields, openAccount } = gatewayOf(kind);
    const { settings } = draftSettings(fields, {}, {});
    const opened = openAccount(settings);
    if (opened.ok) return expect(fields.some(({ isRequired, input }) => isRequired && input !== "choice")).toBe(false);
    const problems = problemsByField(fields, opened.error, settings);
    expect(Object.keys(problems)).not.toContain("");
    const { settingsProblems } = getMessages("zh");
    for (const code of Object.values(problems)) expect(settingsProblems).toHaveProperty(code);
  });
});

describe("between the form and what is on record", () => {
  test("a secret is never shown, only that it is there", () => {
    for (const kind of GATEWAY_KINDS) {
      const { fields } = gatewayOf(kind);
      const settings = Object.fromEntries(fields.map(({ name }) => [name, `value of ${name}`]));
      const { values, onRecord: kept } = shownValues(fields, settings);
      const secrets = fields.filter(({ input }) => input.startsWith("secret")).map(({ name }) => name);
      expect(kept).toEqual(secrets);
      for (const name of secrets) expect(JSON.stringify(values)).not.toContain(`value of ${name}`);
    }
  });

  test("an empty secret keeps the one on record; another replaces it and is said to have changed", () => {
    expect(draftSettings(EPAY, sent, onRecord)).toMatchObject({ settings: { key: KEY }, missing: [] });
    expect(draftSettings(EPAY, sent, onRecord).changed).not.toContain("key");
    const replaced = draftSettings(EPAY, { ...sent, key: "another-key-of-letters" }, onRecord);
    expect(replaced.settings.key).toBe("another-key-of-letters");
    expect(replaced.changed).toContain("key");
  });

  test("a secret on record is not sent to another address: it must be typed again", () => {
    const moved = { ...sent, baseUrl: "https://evil.example" };
    expect(draftSettings(EPAY, moved, onRecord).missing).toEqual(["key"]);
    expect(draftSettings(EPAY, { ...moved, key: KEY }, onRecord).missing).toEqual([]);
    const { fields } = gatewayOf("stripe");
    const stripe = { secretKey: `sk_test_${"a".repeat(24)}`, webhookSecrets: `whsec_${"a".repeat(24)}` };
    expect(draftSettings(fields, { endpoint: "https://evil.example" }, stripe).missing).toEqual([
      "secretKey",
      "webhookSecrets",
    ]);
  });

  test("of a field that does not matter nothing is kept, also where what decides it is hidden itself", () => {
    const rsa = { ...sent, signMode: "RSA", merchantPrivateKey: "a", platformPublicKey: "b" };
    expect(draftSettings(EPAY, rsa, onRecord).settings).not.toHaveProperty("key");
    const names = (profile: string) =>
      shownFields(EPAY, (name) => ({ profile, signMode: "RSA" })[name]).map(({ name }) => name);
    expect(names("rainbow")).toContain("merchantPrivateKey");
    expect(names("linuxdo")).toContain("key");
    expect(names("linuxdo")).not.toContain("merchantPrivateKey");
  });

  test("lists are read however an operator types them", () => {
    const types = (text: string | string[]) => draftSettings(EPAY, { ...sent, types: text }, {}).settings.types;
    for (const text of [
      "alipay wxpay",
      "alipay\r\nwxpay\n",
      "alipay，wxpay",
      "alipay、 wxpay",
      ["alipay", "wxpay", ""],
    ])
      expect(types(text)).toEqual(["alipay", "wxpay"]);
  });
});

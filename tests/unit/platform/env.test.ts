import { describe, expect, test } from "vitest";
import { Secret } from "@/lib/kernel/secret";
import { type EnvSource, readEnv } from "@/lib/platform/env";

const SECRET = "0123456789abcdef0123456789abcdef";
const read = (source: EnvSource) =>
  readEnv(source, (_dataDir, given) => given ?? new Secret("made for the data folder, 32 long"));
const problemsOf = (source: EnvSource) => {
  const env = read(source);
  return env.ok ? [] : env.error;
};

describe("an empty environment", () => {
  const env = read({});

  test("is a complete shop on the embedded database", () => {
    expect(env.ok && env.value).toMatchObject({
      role: "all",
      port: 3000,
      databaseUrl: null,
      redisUrl: null,
      publicUrl: "http://localhost:3000",
      demo: "auto",
      admin: null,
      reservationSeconds: 900,
      epay: null,
      smtpUrl: null,
      bucket: null,
      trustedProxies: [],
    });
  });

  test("means the same as one whose variables are all empty, as a compose file writes them", () => {
    const names = [
      "ROLE",
      "PORT",
      "DATABASE_URL",
      "KAPU_URL",
      "KAPU_SECRET",
      "KAPU_DEMO",
      "KAPU_EPAY_URL",
      "KAPU_RESERVATION_SECONDS",
    ];
    expect(read(Object.fromEntries(names.map((name) => [name, ""])))).toEqual(env);
  });
});

test("the public address loses its last slash and follows PORT when unset", () => {
  const publicUrl = (source: EnvSource) => {
    const env = read(source);
    return env.ok && env.value.publicUrl;
  };
  expect(publicUrl({ KAPU_URL: "https://shop.example/" })).toBe("https://shop.example");
  expect(publicUrl({ PORT: "8080" })).toBe("http://localhost:8080");
});

describe("KAPU_SECRET", () => {
  const DATABASE_URL = "postgresql://shop:pw@127.0.0.1/shop";

  test("must be set for a database that somebody else runs, and the data folder is not asked", () => {
    expect(problemsOf({ DATABASE_URL })).toEqual([
      "KAPU_SECRET must be set (at least 32 characters) when DATABASE_URL is.",
    ]);
    expect(problemsOf({ DATABASE_URL, KAPU_SECRET: SECRET })).toEqual([]);
  });

  test("has at least 32 characters, and a refusal does not repeat it", () => {
    const problems = problemsOf({ DATABASE_URL, KAPU_SECRET: "too-short-and-private" });
    expect(problems).toEqual(["KAPU_SECRET must have at least 32 characters."]);
  });
});

describe("each refusal is one sentence that names the variable", () => {
  test.each([
    [{ PORT: "80a" }, "PORT must be a whole number from 1 to 65535."],
    [{ PORT: "0" }, "PORT must be a whole number from 1 to 65535."],
    [{ PORT: "70000" }, "PORT must be a whole number from 1 to 65535."],
    [{ ROLE: "cook" }, "ROLE must be all, web or worker."],
    [{ DATABASE_URL: "mysql://x/y" }, "DATABASE_URL must be an address that begins with postgres:// or postgresql://."],
    [{ KAPU_URL: "shop.example" }, "KAPU_URL must be an address that begins with http:// or https://."],
    [{ KAPU_DEMO: "yes" }, "KAPU_DEMO must be 0 or 1."],
    [{ KAPU_RESERVATION_SECONDS: "3" }, "KAPU_RESERVATION_SECONDS must be a whole number from 4 to 86400."],
    [{ KAPU_RESERVATION_SECONDS: "900.5" }, "KAPU_RESERVATION_SECONDS must be a whole number from 4 to 86400."],
    [
      { KAPU_ADMIN_EMAIL: "a@b.example" },
      "KAPU_ADMIN_PASSWORD must be set too, because KAPU_ADMIN_EMAIL, KAPU_ADMIN_PASSWORD belong together.",
    ],
    [{ KAPU_ADMIN_EMAIL: "boss", KAPU_ADMIN_PASSWORD: "12345678" }, "KAPU_ADMIN_EMAIL must be an e-mail address."],
    [
      { KAPU_ADMIN_EMAIL: "a@b.example", KAPU_ADMIN_PASSWORD: "1234567" },
      "KAPU_ADMIN_PASSWORD must have at least 8 characters.",
    ],
    [
      { KAPU_EPAY_URL: "https://pay.example" },
      "KAPU_EPAY_PID and KAPU_EPAY_KEY must be set too, because KAPU_EPAY_URL, KAPU_EPAY_PID, KAPU_EPAY_KEY belong together.",
    ],
    [
      { KAPU_SMTP_URL: "smtp://mail.example" },
      "KAPU_MAIL_FROM must be set too, because KAPU_SMTP_URL, KAPU_MAIL_FROM belong together.",
    ],
    [
      { KAPU_S3_URL: "https://s3.example/shop" },
      "KAPU_S3_KEY_ID and KAPU_S3_SECRET must be set too, because KAPU_S3_URL, KAPU_S3_KEY_ID, KAPU_S3_SECRET belong together.",
    ],
    [
      { KAPU_TRUSTED_PROXIES: "10.0.0.0/33" },
      "KAPU_TRUSTED_PROXIES must be addresses or networks with commas between them.",
    ],
    [{ KAPU_TRUSTED_PROXIES: "nginx" }, "KAPU_TRUSTED_PROXIES must be addresses or networks with commas between them."],
  ])("%j", (source, sentence) => {
    expect(problemsOf(source)).toEqual([sentence]);
  });

  test("all of them are told at once", () => {
    expect(problemsOf({ PORT: "x", KAPU_DEMO: "x" })).toHaveLength(2);
  });
});

describe("a gateway over plain http", () => {
  const epay = (KAPU_EPAY_URL: string) => problemsOf({ KAPU_EPAY_URL, KAPU_EPAY_PID: "1000", KAPU_EPAY_KEY: "k" });

  test.each(["http://127.0.0.1:4000", "http://localhost:4000/", "http://[::1]:4000"])(
    "%s is this machine's own",
    (url) => {
      expect(epay(url)).toEqual([]);
    },
  );

  test.each(["http://pay.example", "http://10.0.0.5", "http://127.0.0.1.evil.example"])("%s is refused", (url) => {
    expect(epay(url)).toHaveLength(1);
  });
});

test("nothing that prints an environment prints a password, a key or the secret", () => {
  const env = read({
    DATABASE_URL: "postgresql://shop:canary-1@127.0.0.1/shop",
    REDIS_URL: "redis://:canary-2@127.0.0.1",
    KAPU_SECRET: "canary-3-canary-3-canary-3-canary-3",
    KAPU_ADMIN_EMAIL: "a@b.example",
    KAPU_ADMIN_PASSWORD: "canary-4",
    KAPU_EPAY_URL: "https://pay.example",
    KAPU_EPAY_PID: "1000",
    KAPU_EPAY_KEY: "canary-5",
    KAPU_SMTP_URL: "smtp://u:canary-6@mail.example",
    KAPU_MAIL_FROM: "shop@b.example",
    KAPU_S3_URL: "https://s3.example/shop/",
    KAPU_S3_KEY_ID: "AKIA",
    KAPU_S3_SECRET: "canary-7",
  });
  expect(env.ok && env.value.bucket?.url).toBe("https://s3.example/shop");
  expect(JSON.stringify(env)).not.toContain("canary");
});

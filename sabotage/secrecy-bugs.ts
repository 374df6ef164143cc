import { type Bug, chaos, integration, unit } from "./bug";

const CRYPTO = "lib/platform/crypto.ts";

/** Who sees what, and what one key is good for. */
export const secrecyBugs: readonly Bug[] = [
  {
    name: "AAD dropped",
    breaks: "I18 crypto: a ciphertext opens in another row",
    patches: [
      { file: CRYPTO, find: "  cipher.setAAD(Buffer.from(aad));\n", replace: "  void aad;\n" },
      { file: CRYPTO, find: "  decipher.setAAD(Buffer.from(aad));\n", replace: "  void aad;\n" },
    ],
    checks: [unit("platform/crypto")],
  },
  {
    name: "any token opens an order",
    breaks: "I16 secrecy: the token is not compared",
    patches: [
      {
        file: CRYPTO,
        find: "timingSafeEqual(sha256(token.reveal()), hash);",
        replace: "hash.length === sha256(token.reveal()).length;",
      },
    ],
    checks: [integration("api/access"), integration("api/orders")],
  },
  {
    name: "secrets in the log",
    breaks: "I16 secrecy: what was revealed is written down",
    patches: [
      {
        file: "lib/flows/reveal-order.ts",
        find: "count: secrets.length });",
        replace: 'count: secrets.length, first: secrets[0]?.text.reveal() ?? "" });',
      },
    ],
    checks: [chaos(9, "line:reset")],
  },
  {
    name: "another key for the same words",
    breaks: "I21 idempotency: the same key with other words gets the first order",
    patches: [
      {
        file: "lib/flows/place-order.ts",
        find: "if (known.isTokenDue || !timingSafeEqual(known.requestHash, requestHash))",
        replace: "if (known.isTokenDue || !timingSafeEqual(requestHash, requestHash))",
      },
    ],
    checks: [integration("orders/place-order")],
  },
  {
    name: "sold out before the key is looked up",
    breaks: "I21 idempotency: who lost the answer to an order hears sold out",
    patches: [
      {
        file: "lib/flows/place-order.ts",
        find: "  const lookup = await findByRequest(deps, cmd);",
        replace:
          '  if (outcome.error === "insufficient_stock") return err(outcome.error);\n  const lookup = await findByRequest(deps, cmd);',
      },
    ],
    checks: [integration("orders/place-order")],
  },
  {
    name: "the same file twice",
    breaks: "I14 import: every line gets a fingerprint of its own",
    patches: [
      {
        file: CRYPTO,
        find: 'createHmac("sha256", key).update(text).digest().subarray(0, FINGERPRINT_BYTES);',
        replace:
          'createHmac("sha256", key).update(text).update(randomBytes(8)).digest().subarray(0, FINGERPRINT_BYTES);',
      },
    ],
    checks: [unit("platform/crypto"), integration("inventory/import-cards")],
  },
  {
    name: "another merchant's batch",
    breaks: "I19 tenancy: whose batch it is is not asked",
    patches: [
      {
        file: "lib/flows/publish-batch.ts",
        find: "if (!batch || (merchantId && batch.merchantId !== merchantId))",
        replace: "if (!batch || (merchantId && !batch.merchantId))",
      },
    ],
    checks: [integration("merchants/tenancy")],
  },
];

import { type Bug, integration } from "./bug";

const SESSIONS = "lib/features/identity/sessions.ts";

/** Who is let in, and what the people of the back office may open. */
export const staffBugs: readonly Bug[] = [
  {
    name: "a code is good twice",
    breaks: "the second factor: a code that somebody read over a shoulder opens once more",
    patches: [
      {
        file: "lib/features/identity/factors.ts",
        find: "AND confirmed_at IS NOT NULL AND last_step < ${step}::bigint`;",
        replace: "AND confirmed_at IS NOT NULL`;",
      },
    ],
    checks: [integration("identity/factor")],
  },
  {
    name: "a password is enough",
    breaks: "the second factor: a session that waits for it opens everything",
    patches: [
      {
        file: SESSIONS,
        find: "s.expires_at > clock_timestamp() AND NOT s.awaits_factor`;",
        replace: "s.expires_at > clock_timestamp()`;",
      },
    ],
    checks: [integration("identity/factor")],
  },
  {
    name: "a passkey's answer is good twice",
    breaks: "sign-in by passkey: an answer that somebody recorded opens once more",
    patches: [
      {
        file: "lib/features/identity/use-passkey.ts",
        find: "!(await spendChallenge(tx, challenge)) || ",
        replace: "",
      },
    ],
    checks: [integration("identity/passkeys")],
  },
  {
    name: "an old proof is a proof",
    breaks: "the step-up: whoever showed the factor in the morning need not show it again",
    patches: [
      {
        file: SESSIONS,
        find: "coalesce(s.proved_at > clock_timestamp() - make_interval(mins => ${limits.stepUpMinutes}::int), false)",
        replace: "(s.proved_at IS NOT NULL)",
      },
    ],
    checks: [integration("identity/factor")],
  },
  {
    name: "the address says whose vault it is",
    breaks: "I19 tenancy: a merchant that is named in the address is believed",
    patches: [
      {
        file: "lib/features/vault/list-cards.ts",
        find: "merchantScope(viewer) ?? query.merchant ?? null;",
        replace: "query.merchant ?? merchantScope(viewer);",
      },
      // The rows are narrowed once more when they are read: either guard alone is enough.
      {
        file: "lib/features/vault/list-cards.ts",
        find: "JOIN card c ON c.id = u.id AND (${scope}::uuid IS NULL OR c.merchant_id = ${scope}::uuid)",
        replace: "JOIN card c ON c.id = u.id AND (${scope}::uuid IS NULL OR true)",
      },
    ],
    checks: [integration("vault/list-cards")],
  },
  {
    name: "a rotation wraps what is wrapped",
    breaks: "the keys: a second run finds the same work again",
    patches: [
      {
        file: "lib/features/keys/wrapped-rows.ts",
        find: "FROM batch WHERE key_id <> ${keyId} AND id::text > ${after} ORDER BY",
        replace: "FROM batch WHERE id::text > ${after} ORDER BY",
      },
    ],
    checks: [integration("keys/rotate-keys")],
  },
];

import { type Bug, chaos, integration } from "./bug";

/** What watches over the rest, and what tells of it. */
export const watchBugs: readonly Bug[] = [
  {
    name: "the audit counts to three",
    breaks: "I1 unique: a card that was delivered to two orders is not seen",
    patches: [
      {
        file: "lib/features/audit/invariants/i01-unique.ts",
        find: "delivered\n GROUP BY card_id HAVING count(*) > 1",
        replace: "delivered\n GROUP BY card_id HAVING count(*) > 2",
      },
    ],
    checks: [integration("audit/audit")],
  },
  {
    name: "a broken promise halts nothing",
    breaks: "the shop's own audit: what is broken goes on being sold",
    patches: [
      { file: "lib/flows/settle-audit.ts", find: 'kind === "safety" &&', replace: '(kind as string) === "danger" &&' },
    ],
    checks: [integration("audit/halt")],
  },
  {
    name: "a refused letter is a sent one",
    breaks: "I12 outbox: what the mail server says is not heard",
    patches: [{ file: "lib/flows/send-mail.ts", find: "    throw error;\n  }\n", replace: "  }\n" }],
    checks: [integration("jobs/worker"), chaos(11, "mail:refuses", "mail:redirects")],
  },
  {
    name: "of many deliveries one is told",
    breaks: "I12 outbox: rows that are taken up together are one mail",
    patches: [
      {
        file: "lib/flows/drain-outbox.ts",
        find: "await queueMails(tx, rows, status)",
        replace: "await queueMails(tx, rows.slice(0, 1), status)",
      },
    ],
    checks: [integration("jobs/worker")],
  },
];

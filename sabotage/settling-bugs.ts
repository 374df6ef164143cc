import { type Bug, integration } from "./bug";

const APPLY = "lib/flows/apply-remedy.ts";
const REMEDIES = integration("reconciliation/guarded-remedies");

/** What people do about differences and complaints, and what is promised before there is stock. */
export const settlingBugs: readonly Bug[] = [
  {
    name: "one admin is two names",
    breaks: "two people above a limit: who proposes confirms it himself",
    patches: [
      {
        file: APPLY,
        find: 'if (known.proposedBy === viewer.userId) return err("own_proposal");',
        replace: "",
      },
    ],
    checks: [REMEDIES],
  },
  {
    name: "a remedy for how it was",
    breaks: "a remedy changes exactly what its preview showed: the order has moved since, and it is done all the same",
    patches: [
      {
        file: APPLY,
        find: 'if (seen !== cmd.seen || done !== (await countDone(tx, cmd.findingId))) return err("order_changed");',
        replace: "void done;",
      },
    ],
    checks: [REMEDIES],
  },
  {
    name: "a remedy past a proposal",
    breaks: "one remedy at a time for each finding: a proposal waits, and another act goes past it",
    patches: [
      {
        file: APPLY,
        find: 'if (going?.state === "proposed" || going?.isLeased) return err("under_way");',
        replace: "",
      },
    ],
    checks: [REMEDIES],
  },
  {
    name: "a policy without a cap",
    breaks: "automatic remedies: so many in a day and no more",
    patches: [
      {
        file: "lib/flows/remedy-by-policy.ts",
        find: 'if ((await countByPolicyToday(tx, remedy)) >= dailyMax) return err("cap_reached");',
        replace: "void dailyMax;",
      },
    ],
    checks: [REMEDIES],
  },
  {
    name: "what was closed stays closed",
    breaks: "no difference stays unseen: one that is back is found, and its finding is not opened again",
    patches: [
      {
        file: "lib/features/reconciliation/renew-findings.ts",
        find: "b.status = 'resolved' OR (b.status = 'accepted' AND b.look <> '' AND b.look <> i.look) AS returns",
        replace: "false AS returns",
      },
    ],
    checks: [integration("reconciliation/inbox"), integration("reconciliation/kinds")],
  },
  {
    name: "decided unread",
    breaks: "who decides a dispute has read everything that was said",
    patches: [
      {
        file: "lib/flows/decide-dispute.ts",
        find: 'if (dispute.messageCount !== seen) return err("conflict");',
        replace: "void seen;",
      },
    ],
    checks: [integration("disputes/deciding")],
  },
  {
    name: "anybody's evidence",
    breaks: "I19 tenancy: the pictures of a dispute are shown to the holder of any order",
    patches: [
      {
        file: "lib/features/disputes/pictures.ts",
        find: "AND (${orderId}::uuid IS NULL OR d.order_id = ${orderId}::uuid)",
        replace: "AND (${orderId}::uuid IS NULL OR true)",
      },
    ],
    checks: [integration("disputes/reporting")],
  },
  {
    name: "a presale without an end",
    breaks: "I25: more is promised than the cap of the presale",
    patches: [
      {
        file: "lib/flows/hot/place-limited.ts",
        find: 'return draft.promise && !(await hasRoom(tx, draft.promise)) ? "presale_full" : null;',
        replace: "return null;",
      },
    ],
    checks: [integration("orders/promises")],
  },
  {
    name: "any card for late money",
    breaks: "I28 chosen: who chose his card and paid late is given another one",
    patches: [
      { file: "lib/flows/hot/settle-statement.ts", find: " AND stock_policy <> 'pick'))) l", replace: "))) l" },
    ],
    checks: [integration("orders/chosen-cards-gone")],
  },
  {
    name: "a chosen card without its lock",
    breaks: "the extra price of a moment ago is sold, and whoever comes second is told so by a crash",
    patches: [
      {
        file: "lib/flows/hot/place-limited.ts",
        find: 'if (grip !== "mine") return err(VERDICT_OF[grip]);',
        replace: "",
      },
    ],
    checks: [integration("orders/chosen-cards")],
  },
  {
    name: "every pool is for everybody",
    breaks: "stock that is kept for one channel is sold by another",
    patches: [
      {
        file: "lib/flows/hot/draft-order.ts",
        find: "pools.filter((pool) => pool.channel === null || pool.channel === seller)",
        replace: "pools.filter(() => seller)",
      },
    ],
    checks: [integration("inventory/pools")],
  },
  {
    name: "a transfer out of nowhere",
    breaks: "I4: cards arrive in a pool that left none",
    patches: [
      {
        file: "lib/flows/transfer-cards.ts",
        find: 'await appendEntry(tx, { ...entry, kind: "transfer_out", reference: `${moveId}/${part.fromPoolId}` });',
        replace: "",
      },
    ],
    checks: [integration("inventory/pools")],
  },
];

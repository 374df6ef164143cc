import { readRunOutcome } from "@/lib/features/reconciliation/queries";
import type { RunScope } from "@/lib/features/reconciliation/runs";
import { reconcileNow } from "@/lib/flows/reconcile";
import { fromPublicId } from "@/lib/kernel/id";
import type { Db } from "@/lib/platform/db";
import { answer, type Call, type Command, EXIT, refuse, textOf } from "../command";
import { withShop } from "../shop";

const DAY_MS = 24 * 3_600_000;

/** "2026-11-21", a whole day of UTC, or a whole ISO time; null when it is neither. */
function momentOf(text: string, isEnd: boolean): string | null {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = Date.parse(isDay ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(at) || !/^\d{4}-\d\d-\d\d/.test(text)) return null;
  return new Date(isDay && isEnd ? at + DAY_MS : at).toISOString();
}

/** The order that a person names: by its number or by its public id. */
async function findOrder(db: Db, text: string): Promise<string | null> {
  const id = fromPublicId("order", text);
  const order = await db.order.findFirst({ where: id.ok ? { id: id.value } : { number: text }, select: { id: true } });
  return order?.id ?? null;
}

interface Bounds {
  readonly from?: string;
  readonly to?: string;
}

/** The period that was asked for, or a sentence about what is wrong with it. */
function boundsOf(call: Call): Bounds | string {
  const [from, to] = [textOf(call, "from"), textOf(call, "to")];
  const bounds = { from: from && momentOf(from, false), to: to && momentOf(to, true) };
  if (bounds.from === null || bounds.to === null)
    return "--from and --to are days (2026-11-21) or times (2026-11-21T08:00:00Z).";
  if (bounds.from && bounds.to && bounds.from >= bounds.to) return "--from must lie before --to.";
  return { ...(bounds.from && { from: bounds.from }), ...(bounds.to && { to: bounds.to }) };
}

/** The account and the order that were asked for, or a sentence when one of them is not there. */
async function scopeOf(call: Call, bounds: Bounds, db: Db): Promise<RunScope | string> {
  const [accountId, order] = [textOf(call, "account"), textOf(call, "order")];
  if (accountId && (await db.gatewayAccount.count({ where: { id: accountId } })) === 0)
    return `There is no account ${accountId}.`;
  const orderId = order ? await findOrder(db, order) : undefined;
  if (orderId === null) return `There is no order ${order}.`;
  return { ...bounds, ...(accountId && { accountId }), ...(orderId && { orderId }) };
}

export const reconcileCommand: Command = {
  name: "reconcile",
  usage: "[--from DAY] [--to DAY] [--account ID] [--order NUMBER]",
  summary:
    "Compares orders, cards, ledger, payments, refunds, mails and the gateways' books; every difference becomes a finding. Exit 1 and how many of each kind when there are any.",
  options: {
    from: { type: "string" },
    to: { type: "string" },
    account: { type: "string" },
    order: { type: "string" },
  },
  positionals: { min: 0, max: 0 },
  run: async (call) => {
    const bounds = boundsOf(call);
    if (typeof bounds === "string") return refuse(call, { code: "usage", message: bounds }, EXIT.usage);
    return withShop(async ({ deps }) => {
      const scope = await scopeOf(call, bounds, deps.db);
      if (typeof scope === "string") return refuse(call, { code: "usage", message: scope }, EXIT.usage);
      const runId = await reconcileNow(deps, scope);
      const { state, failure, compared, closed, open } = await readRunOutcome(deps, runId);
      const total = open.reduce((sum, { count }) => sum + count, 0);
      const counts = Object.fromEntries(open.map(({ kind, count }) => [kind, count]));
      answer(call, { runId, state, failure, compared: compared.toString(), closed, findings: counts }, [
        ...open.map(({ kind, count }) => `${String(count).padStart(7)}  ${kind}`),
        `${compared} rows compared, ${total} findings open, ${closed} closed because nothing differs any more.`,
        ...(failure ? [`The run did not come to its end: ${failure}`] : []),
      ]);
      if (state !== "done") return EXIT.failed;
      return total === 0 ? EXIT.done : EXIT.refused;
    });
  },
};

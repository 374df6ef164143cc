import { z } from "zod";
import { findAccount } from "@/lib/features/payments/accounts";
import { findRefund } from "@/lib/features/payments/refunds";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import type { FindingKind } from "@/lib/features/reconciliation/kinds";
import { dayAt } from "@/lib/features/statements/rules";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { askForStatement } from "../fetch-statements";
import { finishAbandonedImports } from "../finish-imports";
import { judgeAgain } from "../judge-again";
import { canMail } from "../mail-order-link";
import { resendDeliveryMail } from "../resend-mail";
import { askRefundNow } from "../retry-refund";
import { runImports } from "../run-imports";
import { orderOf } from "./order-facts";
import type { Admin, Doing, Look, PlainRemedy } from "./remedy";

/** What is done once more, by the kind of the finding. */
interface Work {
  readonly look: (deps: Deps, finding: FindingHead) => Promise<Result<Look, string>>;
  readonly run: (deps: Deps, actor: Admin | null, doing: Doing) => Promise<Result<string, string>>;
  readonly isGone: (tx: Tx, finding: FindingHead) => Promise<boolean>;
}

const seen = (what: string, facts: unknown, values: Record<string, string> = {}): Result<Look, never> =>
  ok({ changes: [{ what, values }], facts, money: null });

const eventIdOf = ({ eventId, subject }: FindingHead): string => eventId ?? subject;

/** A payment that was recorded and never judged. */
const judging: Work = {
  async look({ db }, finding) {
    const event = await db.paymentEvent.findUnique({ where: { id: eventIdOf(finding) } });
    if (!event) return err("no_payment");
    return seen("payment_judged", [event.id, event.verdict]);
  },
  async run(deps, _actor, { finding }) {
    return judgeAgain(deps, { eventId: eventIdOf(finding) });
  },
  async isGone(tx, finding) {
    return (await tx.paymentEvent.count({ where: { id: eventIdOf(finding), verdict: { not: null } } })) === 1;
  },
};

/** A refund whose gateway has not said what became of it. */
const asking: Work = {
  async look({ db }, { subject }) {
    const refund = await findRefund(db, subject);
    if (!refund) return err("no_refund");
    if (refund.status !== "requested" && refund.status !== "processing") return err("not_open");
    return seen("gateway_asked", [refund.id, refund.status], { number: refund.refundNo });
  },
  async run(deps, actor, { finding }) {
    if (!actor) return err("not_open");
    const asked = await askRefundNow(deps, actor, { refundId: finding.subject });
    return asked.ok ? ok("asked") : asked;
  },
  isGone: async () => false,
};

/** A delivery that its buyer was never mailed about. */
const mailing: Work = {
  async look(deps, finding) {
    const order = await orderOf(deps, finding);
    if (!order.ok) return order;
    if (order.value.status !== "delivered") return err("not_delivered");
    if (!canMail(deps)) return err("mail_not_configured");
    const sent = { orderId: order.value.id, kind: "order_delivered", status: { in: ["queued", "sent"] } };
    if ((await deps.db.mail.count({ where: sent })) > 0) return err("mailed_already");
    return seen("mail_queued", [order.value.id], { email: order.value.email });
  },
  async run(deps, _actor, { actId, finding }) {
    const queued = await resendDeliveryMail(deps, { mailId: actId, orderId: finding.orderId ?? "" });
    return queued.ok ? ok("mail_queued") : queued;
  },
  async isGone(tx, { orderId }) {
    const sent = { orderId, kind: "order_delivered", status: { in: ["queued", "sent"] } };
    return (await tx.mail.count({ where: sent })) > 0;
  },
};

/** The books of a day that should be here. */
const fetching: Work = {
  async look(_deps, { subject }) {
    const [account = "", day = ""] = subject.split("/");
    return seen("statement_asked", [account, day], { account, day });
  },
  async run(deps, actor, { finding }) {
    const [accountId = "", day = ""] = finding.subject.split("/");
    if (!actor) return err("not_open");
    const asked = await askForStatement(deps, actor, { accountId, day });
    return asked.ok ? ok("asked") : asked;
  },
  isGone: async () => false,
};

/** The books of the day on which a refund went out, when they do not have it: gateways write some rows a day late. */
const fetchingRefund: Work = {
  async look(deps, finding) {
    const day = await dayOfRefund(deps, finding);
    return day.ok
      ? seen("statement_asked", Object.values(day.value), { ...day.value, account: day.value.accountId })
      : day;
  },
  async run(deps, actor, { finding }) {
    const day = await dayOfRefund(deps, finding);
    if (!actor || !day.ok) return err("no_refund");
    const asked = await askForStatement(deps, actor, day.value);
    return asked.ok ? ok("asked") : asked;
  },
  isGone: async () => false,
};

async function dayOfRefund(
  deps: Deps,
  { subject, accountId }: FindingHead,
): Promise<Result<{ accountId: string; day: string }, "no_refund">> {
  const [refund, account] = await Promise.all([findRefund(deps.db, subject), findAccount(deps, accountId ?? "")]);
  if (!refund?.finishedAt || !account) return err("no_refund");
  return ok({ accountId: account.id, day: dayAt(account.kind, refund.finishedAt.getTime()) });
}

/** An import that nobody works any more: what is whole goes on, what is not is discarded. */
const importing: Work = {
  look: async (_deps, { subject }) => seen("imports_run", [subject]),
  async run(deps) {
    await finishAbandonedImports(deps);
    await runImports(deps);
    return ok("run");
  },
  isGone: async () => false,
};

const WORK: Partial<Record<FindingKind, Work>> = {
  unjudged_payment: judging,
  refund_stuck: asking,
  refund_missing_gateway: fetchingRefund,
  mail_missing: mailing,
  statement_missing: fetching,
  stuck_import: importing,
};

/** Does once more what should have been done by itself: judges, asks, mails, fetches, imports. */
export const rerunJob: PlainRemedy<object> = {
  name: "rerun_job",
  needsProof: false,
  isAutomatic: true,
  input: z.object({}),
  look: async (deps, _asker, finding) => (await WORK[finding.kind]?.look(deps, finding)) ?? err("nothing_to_run"),
  apply: async (deps, actor, doing) =>
    (await WORK[doing.finding.kind]?.run(deps, actor, doing)) ?? err("nothing_to_run"),
  isGone: async (tx, finding) => (await WORK[finding.kind]?.isGone(tx, finding)) ?? false,
};

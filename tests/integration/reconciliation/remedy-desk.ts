import type { FindingKind } from "@/lib/features/reconciliation/kinds";
import { type FoundDifference, renewFindings } from "@/lib/features/reconciliation/renew-findings";
import { applyRemedy, decideRemedy } from "@/lib/flows/apply-remedy";
import { previewRemedy } from "@/lib/flows/preview-remedy";
import { settlePayment } from "@/lib/flows/settle-payment";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import { proven } from "@/tests/support/proven";
import { type RefundDesk, refundDesk } from "@/tests/support/refund-desk";
import { expect } from "@/tests/support/test";

export const ADMIN = proven({ kind: "admin", userId: newId() });
export const SECOND = proven({ kind: "admin", userId: newId() });
export const MERCHANT = proven({ kind: "merchant", userId: newId(), merchantId: newId() });

type Input = Readonly<Record<string, string>>;

/** The desk of a test file, and what may be done there about a finding. */
export function remedyDesk() {
  const desk = refundDesk();
  /** The desk is opened before the first test; its shop is read then. */
  const shop = new Proxy({} as RefundDesk["shop"], { get: (_, name) => Reflect.get(desk.shop, name) });
  const findings = findingsOf(shop);
  return { desk, shop, ...findings, ...remediesOf(shop, findings), ...causesOf(desk, shop, findings) };
}

type Shop = RefundDesk["shop"];
type Findings = ReturnType<typeof findingsOf>;

function findingsOf(shop: Shop) {
  /** A difference as a run finds it, whose cause the test has made. */
  async function found(kind: FindingKind, difference: Partial<FoundDifference>): Promise<string> {
    const subject = difference.subject ?? difference.orderId ?? newId();
    const whole = { look: "", detail: {}, ...difference, kind, subject };
    await inTransaction(shop.deps.db, async (tx) => ok(await renewFindings(tx, [whole])));
    return findingOf(kind, subject);
  }

  async function findingOf(kind: string, subject: string): Promise<string> {
    const [row] = await shop.rows<{ id: string }>("SELECT id FROM finding WHERE kind = $1 AND subject = $2", [
      kind,
      subject,
    ]);
    return row?.id as string;
  }

  const statusOf = async (id: string) =>
    (await shop.rows<{ status: string }>("SELECT status FROM finding WHERE id = $1", [id]))[0]?.status;
  const remediedOf = (id: string) =>
    shop.rows<{ kind: string }>("SELECT kind FROM finding_event WHERE finding_id = $1 AND kind = 'remedied'", [id]);
  const auditedOf = (id: string) =>
    shop.rows<{ action: string }>("SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id", [id]);

  return { found, findingOf, statusOf, remediedOf, auditedOf };
}

function remediesOf(shop: Shop, { remediedOf, auditedOf }: Findings) {
  /** What the form would send after a look. */
  async function look(findingId: string, remedy: string, input: Input = {}, viewer: Viewer = ADMIN) {
    const preview = await previewRemedy(shop.deps, viewer, { findingId, remedy, input });
    if (!preview.ok) throw new Error(`no preview: ${preview.error}`);
    const { actId, seen } = preview.value;
    return { preview: preview.value, cmd: { findingId, remedy, input, actId, seen, reason: "as agreed" } };
  }
  type Command = Awaited<ReturnType<typeof look>>["cmd"];

  const apply = (cmd: Command, viewer: Viewer = ADMIN) => applyRemedy(shop.deps, shop.urls.audit, { viewer, cmd });
  const decide = (cmd: Command, viewer: Viewer, isConfirmed = true) =>
    decideRemedy(shop.deps, shop.urls.audit, { viewer, actId: cmd.actId, isConfirmed });

  /** Applied, and then once more by the same form: one effect, one line in the history, one in the audit. */
  async function twice(cmd: Command, outcome: string): Promise<void> {
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome } });
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome } });
    expect(await remediedOf(cmd.findingId)).toHaveLength(1);
    expect((await auditedOf(cmd.findingId)).filter(({ action }) => action === "finding.remedied")).toHaveLength(1);
  }

  return { look, apply, decide, twice };
}

function causesOf(desk: RefundDesk, shop: Shop, { found }: Findings) {
  /** An order that is paid and, by somebody's hand in the database, forgotten: neither delivered nor owed. */
  async function forgotten() {
    const { order, stocked } = await desk.owed();
    await shop.rows("DELETE FROM finding WHERE order_id = $1", [order.id]);
    await shop.rows("UPDATE orders SET owed_at = NULL, exception = 'paid_late' WHERE id = $1", [order.id]);
    await shop.rows(
      `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
       VALUES ($1, 'paid', 'paid', 'owed', 'paid_late', 'by_hand', now())`,
      [order.id],
    );
    const orderId = order.id;
    return { order, stocked, findingId: await found("paid_without_card", { orderId }) };
  }

  /** Money under a number that nobody knows. */
  async function stray(amountMinor = 1000n) {
    const outTradeNo = `X${newId()}`;
    await settlePayment(shop.deps, desk.paper.pay(outTradeNo, { trade: outTradeNo, amountMinor }), {
      accountId: "paper",
      source: "notice",
    });
    const [row] = await shop.rows<{ id: string }>(
      "SELECT f.id FROM finding f JOIN payment_event e ON e.id = f.event_id WHERE f.kind = 'unknown_order' AND e.out_trade_no = $1",
      [outTradeNo],
    );
    return row?.id as string;
  }

  return { forgotten, stray };
}

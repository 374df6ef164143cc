import { findStaffDispute } from "@/lib/features/disputes/queries";
import type { Judgement, MoneyJudgement } from "@/lib/flows/decide-dispute";
import { type OpenDispute, openDispute } from "@/lib/flows/open-dispute";
import { previewRefund } from "@/lib/flows/preview-refund";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { expectInvariants } from "@/tests/support/invariants";
import { proven } from "@/tests/support/proven";
import { openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { expect, test } from "@/tests/support/test";

export const ADMIN = proven({ kind: "admin" as const, userId: newId() });
export const SECOND = proven({ kind: "admin" as const, userId: newId() });
export const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
export const refused = (error: string) => ({ ok: false, error });
export const done = { ok: true, value: "done" };

export const ownerOf = ({ merchantId }: { merchantId: string }) => ({
  kind: "merchant" as const,
  userId: newId(),
  merchantId,
});

export const reportOf = (orderId: string, changes: Partial<OpenDispute> = {}): OpenDispute => ({
  disputeId: newId(),
  orderId,
  position: 1,
  kind: "used",
  text: "the site says it was redeemed yesterday",
  addressHash: Buffer.alloc(32, 7),
  userAgent: "Phone/1",
  addressKey: newId(),
  ...changes,
});

export const say = (disputeId: string, text = "hello", callAdmin = false) => ({
  disputeId,
  requestId: newId(),
  text,
  callAdmin,
});

/** The desk of a test file: a shop that gives back, where buyers complain; its books are audited after each test. */
export function disputeDesk() {
  const desk = {} as RefundDesk;
  const folder = makeTemporaryFolder("disputes");
  test.beforeAll(async ({ database }) => {
    Object.assign(desk, await openRefundDesk(database, { KAPU_DATA_DIR: folder }));
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await desk.close();
    removeFolder(folder);
  });
  return { desk, folder, ...reports(desk), ...judgements(desk), ...records(desk) };
}

/** What buyers say. */
function reports(desk: RefundDesk) {
  const deps = () => desk.shop.deps;
  const open = async (orderId: string, changes: Partial<OpenDispute> = {}) => {
    const report = reportOf(orderId, changes);
    expect(await openDispute(deps(), report)).toEqual({ ok: true, value: { disputeId: report.disputeId } });
    return report.disputeId;
  };
  const reported = async (cards = 3, quantity = 1) => {
    const { order, stocked } = await desk.paid(undefined, { cards, quantity });
    return { order, stocked, disputeId: await open(order.id) };
  };
  return { deps, open, reported };
}

/** What whoever decides has seen, and would say. */
function judgements(desk: RefundDesk) {
  const deps = () => desk.shop.deps;
  const see = async (disputeId: string) => {
    const dispute = await findStaffDispute(deps(), ADMIN, disputeId);
    if (!dispute) throw new Error("no such dispute");
    return dispute;
  };
  const words = async (disputeId: string) => ({
    disputeId,
    decisionId: newId(),
    seen: (await see(disputeId)).messageCount,
    reason: "we looked at it",
  });
  const judgement = async (disputeId: string, outcome: "replace" | "reject"): Promise<Judgement> => {
    const { replacementCount } = await see(disputeId);
    const same = await words(disputeId);
    return outcome === "replace" ? { ...same, outcome, seenReplacements: replacementCount } : { ...same, outcome };
  };
  const refundOf = async (disputeId: string, amountMinor: bigint | null = null): Promise<MoneyJudgement> => {
    const { orderId } = await see(disputeId);
    const [payment] = await desk.paymentsOf({ id: orderId });
    const paymentId = payment?.id as string;
    const wanted = { amountMinor, method: "source" as const };
    const preview = await previewRefund(deps(), ADMIN, { orderId, paymentId, wanted });
    if (!preview.ok) throw new Error(preview.error);
    const { refundId, amountMinor: amount, seen } = preview.value;
    const same = { ...(await words(disputeId)), decisionId: refundId };
    return { ...same, outcome: "refund", paymentId, amountMinor: amount, method: "source", standing: seen };
  };
  return { see, words, judgement, refundOf };
}

/** What stands in the database, and what somebody puts there. */
function records(desk: RefundDesk) {
  const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
    desk.shop.rows<T & object>(sql, values);
  const refusal = (sql: string, values: readonly unknown[]) =>
    desk.shop.rows(sql, values).then(
      () => "allowed",
      (error: { code?: string }) => error.code ?? "failed",
    );
  const mailsOf = async (disputeId: string) =>
    (
      await rows<{ kind: string }>("SELECT kind FROM mail WHERE dispute_id = $1 ORDER BY created_at, id", [disputeId])
    ).map(({ kind }) => kind);
  const addAdmin = async () => {
    const email = `${newId()}@example.com`;
    await desk.shop.deps.db.appUser.create({ data: { id: newId(), email, passwordHash: "x", role: "admin" } });
    return email;
  };
  const lapse = (disputeId: string) =>
    rows("UPDATE dispute SET due_at = clock_timestamp() - interval '1 second' WHERE id = $1", [disputeId]);
  return { rows, refusal, mailsOf, addAdmin, lapse };
}

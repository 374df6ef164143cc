import { confirmTransfer } from "@/lib/flows/confirm-transfer";
import { recordTransfer } from "@/lib/flows/record-transfer";
import { refuseTransfer } from "@/lib/flows/refuse-transfer";
import { reportTransfer } from "@/lib/flows/report-transfer";
import { revealOrder } from "@/lib/flows/reveal-order";
import { newId } from "@/lib/kernel/id";
import { expectInvariants } from "@/tests/support/invariants";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { ANNA, BAO, bankNumber, CHEN, openTransferDesk, type TransferDesk } from "@/tests/support/transfer-desk";

const wordOf = (result: { ok: true; value: unknown } | { ok: false; error: string }): string =>
  result.ok ? String(result.value) : result.error;

describe("a transfer by hand", () => {
  let desk: TransferDesk;
  test.beforeAll(async ({ database }) => {
    desk = await openTransferDesk(database);
  });
  test.afterAll(async ({ database }) => {
    await desk.close();
    await expectInvariants(database);
  });

  test("small enough for one name is a payment at once, delivered, of source manual, and on record with who vouched", async () => {
    const { order } = await desk.ordered();
    const recorded = await recordTransfer(desk.shop.deps, ANNA, desk.seen(order));
    expect(recorded).toEqual({ ok: true, value: "settled" });
    expect(await desk.stateOf(order)).toBe("delivered none 1");
    expect((await revealOrder(desk.shop.deps, { orderId: order.id, actor: { kind: "buyer" } })).ok).toBe(true);
    const events = await desk.shop.rows("SELECT source, verdict FROM payment_event WHERE order_id = $1", [order.id]);
    expect(events).toEqual([{ source: "manual", verdict: "settled" }]);
    const audit = await desk.shop.rows(
      "SELECT action, actor_id = $2 AS own FROM audit_event WHERE subject_id = $1 ORDER BY id",
      [order.id, ANNA.userId],
    );
    expect(audit).toEqual([
      { action: "transfer.proposed", own: true },
      { action: "transfer.confirmed", own: true },
    ]);
  });

  test("above the limit one name delivers nothing, nobody is his own second name, and a second one delivers", async () => {
    const { order } = await desk.ordered({ priceMinor: 100_001n });
    expect(await recordTransfer(desk.shop.deps, ANNA, desk.seen(order))).toEqual({ ok: true, value: "waiting" });
    expect(await desk.stateOf(order)).toBe("pending none 0");
    const transferId = await desk.idOf(order);
    expect(await confirmTransfer(desk.shop.deps, ANNA, { transferId })).toEqual({ ok: false, error: "own_proposal" });
    expect(await desk.stateOf(order)).toBe("pending none 0");
    expect(await confirmTransfer(desk.shop.deps, BAO, { transferId })).toEqual({ ok: true, value: "settled" });
    expect(await desk.stateOf(order)).toBe("delivered none 1");
    expect(await desk.transfersOf(order)).toEqual(["confirmed"]);
  });

  test("the database itself refuses one's own name as the second, another amount, and a way back", async () => {
    const { order } = await desk.ordered({ priceMinor: 200_000n });
    await recordTransfer(desk.shop.deps, ANNA, desk.seen(order));
    const id = await desk.idOf(order);
    const own = "UPDATE transfer SET status = 'confirmed', decided_by = proposed_by, decided_at = now() WHERE id = $1";
    await expect(desk.shop.rows(own, [id])).rejects.toThrow("transfer_two_names_ck");
    await expect(desk.shop.rows("UPDATE transfer SET amount_minor = 1 WHERE id = $1", [id])).rejects.toThrow();
    await refuseTransfer(desk.shop.deps, BAO, { attemptId: order.payment.id, refusal: "没有这笔" });
    const back = "UPDATE transfer SET status = 'confirmed', refusal = NULL WHERE id = $1";
    await expect(desk.shop.rows(back, [id])).rejects.toThrow();
    await expect(desk.shop.rows("DELETE FROM transfer WHERE id = $1", [id])).rejects.toThrow();
  });

  test("another amount voids what waited: the old proposal confirms nothing, and its proposer may confirm the new one", async () => {
    const { order } = await desk.ordered({ priceMinor: 300_000n });
    const words = desk.seen(order);
    await recordTransfer(desk.shop.deps, ANNA, words);
    const old = await desk.idOf(order);
    expect(await recordTransfer(desk.shop.deps, BAO, { ...words, amount: "2999.00" })).toEqual({
      ok: true,
      value: "waiting",
    });
    expect(await confirmTransfer(desk.shop.deps, CHEN, { transferId: old })).toEqual({
      ok: false,
      error: "proposal_gone",
    });
    const transferId = await desk.idOf(order);
    expect(transferId).not.toBe(old);
    expect(await confirmTransfer(desk.shop.deps, BAO, { transferId })).toEqual({ ok: false, error: "own_proposal" });
    expect(await confirmTransfer(desk.shop.deps, ANNA, { transferId })).toEqual({ ok: true, value: "underpaid" });
    expect(await desk.transfersOf(order)).toEqual(["replaced", "confirmed"]);
    expect(await desk.stateOf(order)).toBe("pending underpaid 1");
  });

  test("two who write down the same, each from the bank's list, are two names", async () => {
    const { order } = await desk.ordered({ priceMinor: 150_000n });
    const words = desk.seen(order, { reference: "ab 12-34" });
    expect(await recordTransfer(desk.shop.deps, ANNA, words)).toEqual({ ok: true, value: "waiting" });
    expect(await recordTransfer(desk.shop.deps, ANNA, words)).toEqual({ ok: true, value: "waiting" });
    const second = await recordTransfer(desk.other, BAO, { ...words, reference: "AB12-34" });
    expect(second).toEqual({ ok: true, value: "settled" });
    expect(await desk.transfersOf(order)).toEqual(["confirmed"]);
  });

  test("double clicks and two admins at once, in two processes, are one payment", async () => {
    const { order } = await desk.ordered({ priceMinor: 5_000n });
    const words = desk.seen(order);
    const asked = [desk.shop.deps, desk.other].flatMap((deps) =>
      [ANNA, ANNA, BAO, CHEN].map((admin) => recordTransfer(deps, admin, words)),
    );
    expect(tally((await Promise.all(asked)).map(wordOf))).toEqual({ settled: 1, repeat: 7 });
    expect(await desk.stateOf(order)).toBe("delivered none 1");

    const { order: large } = await desk.ordered({ priceMinor: 500_000n });
    await recordTransfer(desk.shop.deps, ANNA, desk.seen(large));
    const transferId = await desk.idOf(large);
    const pressed = [BAO, BAO, CHEN, CHEN].map((admin, n) =>
      confirmTransfer(n % 2 ? desk.other : desk.shop.deps, admin, { transferId }),
    );
    expect(tally((await Promise.all(pressed)).map(wordOf))).toEqual({ settled: 1, proposal_gone: 3 });
    expect(await desk.stateOf(large)).toBe("delivered none 1");
  });

  test("two admins who type the number of one transfer differently do not make two payments of it", async () => {
    const { order } = await desk.ordered();
    const asked = [ANNA, BAO].map((admin) => recordTransfer(desk.shop.deps, admin, desk.seen(order)));
    expect(tally((await Promise.all(asked)).map(wordOf))).toEqual({ settled: 1, order_changed: 1 });
    expect(await desk.stateOf(order)).toBe("delivered none 1");
    const really = await recordTransfer(desk.shop.deps, BAO, desk.seen(order, { seenPayments: 1 }));
    expect(really).toEqual({ ok: true, value: "double" });
    expect(await desk.stateOf(order)).toBe("delivered double_paid 2");
  });

  test("one transfer of the bank pays for one order, also when two admins use it for two at once", async () => {
    const first = await desk.ordered();
    const second = await desk.ordered();
    const reference = bankNumber();
    const asked = [first, second].map(({ order }, n) =>
      recordTransfer(n ? desk.other : desk.shop.deps, n ? BAO : ANNA, desk.seen(order, { reference })),
    );
    expect(tally((await Promise.all(asked)).map(wordOf))).toEqual({ settled: 1, reference_used: 1 });
    const large = await desk.ordered({ priceMinor: 400_000n });
    const waiting = await recordTransfer(desk.shop.deps, ANNA, desk.seen(large.order, { reference }));
    expect(waiting).toEqual({ ok: false, error: "reference_used" });
    const again = await recordTransfer(desk.shop.deps, ANNA, desk.seen(first.order, { reference, amount: "0.01" }));
    expect(again).toEqual({ ok: false, error: "reference_used" });
  });

  test("late, without stock, too much: judged like every payment", async () => {
    const late = await desk.ordered();
    await desk.shop.lapse(late.order.id, 20);
    expect(wordOf(await recordTransfer(desk.shop.deps, ANNA, desk.seen(late.order)))).toBe("settled");
    expect(await desk.stateOf(late.order)).toBe("delivered paid_late 1");
    const owed = await desk.ordered({ cards: 1, stockPolicy: "claim_on_payment" });
    const faster = await desk.shop.place(owed.stocked.variantId);
    expect(await desk.shop.pay(faster)).toBe("success");
    expect(wordOf(await recordTransfer(desk.shop.deps, ANNA, desk.seen(owed.order)))).toBe("owed");
    expect(await desk.stateOf(owed.order)).toBe("paid owed 1");
    const over = await desk.ordered();
    expect(wordOf(await recordTransfer(desk.shop.deps, ANNA, desk.seen(over.order, { amount: "10.01" })))).toBe(
      "overpaid",
    );
    expect(await desk.stateOf(over.order)).toBe("pending overpaid 1");
  });

  test("killed while it is confirmed, neither the name nor the money is on record, and confirming again makes one payment", async () => {
    const { order } = await desk.ordered({ priceMinor: 600_000n });
    await recordTransfer(desk.shop.deps, ANNA, desk.seen(order));
    const transferId = await desk.idOf(order);
    // The connection dies at the very last thing that the transaction writes.
    await desk.shop.rows(
      `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`,
    );
    await desk.shop.rows(
      "CREATE TRIGGER die BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.action = 'transfer.confirmed') EXECUTE FUNCTION die()",
    );
    await expect(confirmTransfer(desk.shop.deps, BAO, { transferId })).rejects.toThrow();
    await desk.shop.rows("DROP TRIGGER die ON audit_event");
    await desk.shop.rows("DROP FUNCTION die()");
    expect(await desk.stateOf(order)).toBe("pending none 0");
    expect(await desk.transfersOf(order)).toEqual(["proposed"]);
    expect(wordOf(await confirmTransfer(desk.shop.deps, BAO, { transferId }))).toBe("settled");
    expect(await desk.stateOf(order)).toBe("delivered none 1");
  });

  test("only an admin vouches for money; a gateway's own attempt is nobody's to vouch for", async () => {
    const { order, stocked } = await desk.ordered();
    const merchant = { kind: "merchant", userId: newId(), merchantId: stocked.merchantId } as const;
    const denied = { ok: false, error: "not_allowed" };
    expect(await recordTransfer(desk.shop.deps, merchant, desk.seen(order))).toEqual(denied);
    expect(await confirmTransfer(desk.shop.deps, merchant, { transferId: newId() })).toEqual(denied);
    const refused = await refuseTransfer(desk.shop.deps, merchant, { attemptId: order.payment.id, refusal: "x" });
    expect(refused).toEqual(denied);
    const epay = await desk.shop.place(stocked.variantId);
    const missing = { ok: false, error: "not_found" };
    expect(await recordTransfer(desk.shop.deps, ANNA, desk.seen(epay))).toEqual(missing);
    const said = { orderId: epay.id, attemptId: epay.payment.id, reference: "" };
    expect(await reportTransfer(desk.shop.deps, said)).toEqual(missing);
    expect(await reportTransfer(desk.shop.deps, { ...said, attemptId: order.payment.id })).toEqual(missing);
    expect(await confirmTransfer(desk.shop.deps, ANNA, { transferId: newId() })).toEqual(missing);
  });

  test("what cannot be is refused and leaves nothing", async () => {
    const { order } = await desk.ordered();
    const ask = async (changes: object) =>
      wordOf(await recordTransfer(desk.shop.deps, ANNA, desk.seen(order, changes)));
    for (const amount of ["", "0", "0.00", "-1", "1e2", "10.001", "１０", " 10"])
      expect([amount, await ask({ amount })]).toEqual([amount, "amount_malformed"]);
    for (const reference of ["", "abc", "银行转账", "12\u202e34 <b>", "x".repeat(61), "1234'; DROP TABLE orders"])
      expect([reference, await ask({ reference })]).toEqual([reference, "reference_malformed"]);
    for (const arrivedOn of ["2020-01-01", "2099-01-01"])
      expect([arrivedOn, await ask({ arrivedOn })]).toEqual([arrivedOn, "arrival_out_of_range"]);
    expect(await desk.transfersOf(order)).toEqual([]);
    expect(await desk.stateOf(order)).toBe("pending none 0");
  });

  test("the buyer's word puts the order on the list, moves nothing, and is answered with a reason that it can be said against again", async () => {
    const { order } = await desk.ordered();
    const said = { orderId: order.id, attemptId: order.payment.id, reference: "尾号 8888" };
    expect(await reportTransfer(desk.shop.deps, said)).toEqual({ ok: true, value: null });
    expect(await reportTransfer(desk.other, { ...said, reference: "尾号 9999" })).toEqual({ ok: true, value: null });
    expect(await desk.stateOf(order)).toBe("pending none 0");
    const listed = async () => (await desk.listed()).filter((row) => row.orderId === order.id);
    expect(await listed()).toMatchObject([{ reportReference: "尾号 9999", isReportOpen: true, transferId: null }]);
    await refuseTransfer(desk.shop.deps, ANNA, { attemptId: order.payment.id, refusal: "查无此款" });
    expect(await listed()).toEqual([]);
    const twice = await refuseTransfer(desk.shop.deps, BAO, { attemptId: order.payment.id, refusal: "查无此款" });
    expect(twice).toEqual({ ok: false, error: "proposal_gone" });
    await desk.shop.lapse(order.id, 600);
    expect(await reportTransfer(desk.shop.deps, said)).toEqual({ ok: true, value: null });
    expect(await listed()).toMatchObject([{ status: "expired", refusal: null }]);
    await recordTransfer(desk.shop.deps, ANNA, desk.seen(order));
    expect(await listed()).toEqual([]);
    expect((await desk.listed({ list: "decided" }))[0]).toMatchObject({
      orderId: order.id,
      transferStatus: "confirmed",
    });
    expect(await reportTransfer(desk.shop.deps, said)).toEqual({ ok: false, error: "not_pending" });
  });

  test("an order nobody spoke of is found by its number, and by the number of the bank", async () => {
    const { order } = await desk.ordered();
    const reference = bankNumber();
    expect(await desk.listed({ q: order.number.toLowerCase() })).toMatchObject([
      { orderId: order.id, transferId: null },
    ]);
    await recordTransfer(desk.shop.deps, ANNA, desk.seen(order, { reference }));
    expect(await desk.listed({ q: reference.replaceAll(" ", "") })).toMatchObject([{ orderId: order.id }]);
    expect(await desk.listed({ q: "x' OR true --" })).toEqual([]);
  });
});

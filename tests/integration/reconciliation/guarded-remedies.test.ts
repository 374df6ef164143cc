import { findFinding } from "@/lib/features/reconciliation/find-finding";
import { previewRemedy } from "@/lib/flows/preview-remedy";
import { remedyByPolicy } from "@/lib/flows/remedy-by-policy";
import { saveRemedyPolicy, stopRemedies } from "@/lib/flows/save-remedy-policy";
import { takeFindings } from "@/lib/flows/work-on-findings";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { proven } from "@/tests/support/proven";
import { describe, expect, test } from "@/tests/support/test";
import { ADMIN, MERCHANT, remedyDesk, SECOND } from "./remedy-desk";

const { desk, shop, findingOf, statusOf, remediedOf, look, apply, decide, forgotten, stray } = remedyDesk();

describe("whoever asks, and however often", () => {
  test("two admins who press at once have one effect, and the second is told", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray();
    const input = { orderNumber: order.number };
    const [one, two] = [
      await look(findingId, "record_payment", input),
      await look(findingId, "record_payment", input, SECOND),
    ];
    const answers = await Promise.all([apply(one.cmd), apply(two.cmd, SECOND)]);
    expect(answers.filter(({ ok: isDone }) => isDone)).toHaveLength(1);
    const told = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
    expect(["under_way", "already_closed", "order_changed", "recorded_already"]).toContain(told[0]);
    expect(await desk.paymentsOf(order)).toHaveLength(1);
    expect(await remediedOf(findingId)).toHaveLength(1);
  });

  test("what was looked at and has changed meanwhile is not done", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    await desk.pay(order, desk.paper, { trade: `third-${order.number}` });
    expect(await apply(cmd)).toEqual({ ok: false, error: "order_changed" });
    expect(await desk.refundsOf(order)).toEqual([]);
    expect(await remediedOf(findingId)).toEqual([]);
  });

  test("nobody but an admin looks, and money moves only for one who has just shown who he is", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    const asked = { findingId, remedy: "refund_source", input: {} };
    expect(await previewRemedy(shop.deps, MERCHANT, asked)).toEqual({ ok: false, error: "not_found" });
    expect(await apply(cmd, MERCHANT)).toEqual({ ok: false, error: "not_allowed" });
    const { stepUp: _, ...unproven } = ADMIN;
    expect(await apply(cmd, unproven)).toEqual({ ok: false, error: "step_up" });
    expect(await previewRemedy(shop.deps, ADMIN, { ...asked, remedy: "reseal" })).toEqual({
      ok: false,
      error: "not_for_this",
    });
    expect(await desk.refundsOf(order)).toEqual([]);
  });

  test("one who was killed before or after his deed is followed by the same form, and nothing is done twice", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    await apply(cmd);
    // As if the process had died between the refund and the word that it is done.
    await shop.rows("ALTER TABLE remedy_act DISABLE TRIGGER remedy_act_edges");
    await shop.rows(
      "UPDATE remedy_act SET state = 'begun', outcome = NULL, finished_at = NULL, leased_until = now() - interval '1 second' WHERE id = $1",
      [cmd.actId],
    );
    await shop.rows("ALTER TABLE remedy_act ENABLE TRIGGER remedy_act_edges");
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome: "refund_asked" } });
    expect(await desk.refundsOf(order)).toHaveLength(1);
    // The same id with other words is another intention.
    expect(await apply({ ...cmd, remedy: "refund_balance" })).toEqual({ ok: false, error: "request_conflict" });
  });
});

describe("much money", () => {
  test("needs a second name, of somebody else, and moves once; refused, it does not move", async () => {
    const { variantId } = await shop.stock({ cards: 1, priceMinor: 200_000n });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray(200_000n);
    const { preview, cmd } = await look(findingId, "record_payment", { orderNumber: order.number });
    expect(preview.needsTwoNames).toBe(true);
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "waiting", outcome: "proposed" } });
    expect(await desk.stateOf(order)).toBe("pending none");
    expect(await decide(cmd, ADMIN)).toEqual({ ok: false, error: "own_proposal" });
    const again = await look(findingId, "record_payment", { orderNumber: order.number }, SECOND);
    expect(await apply(again.cmd, SECOND)).toEqual({ ok: false, error: "under_way" });
    expect(await decide(cmd, SECOND, false)).toMatchObject({ ok: true, value: { outcome: "refused" } });
    expect(await decide(cmd, SECOND)).toEqual({ ok: false, error: "act_over" });
    expect(await desk.stateOf(order)).toBe("pending none");
    const anew = await look(findingId, "record_payment", { orderNumber: order.number });
    await apply(anew.cmd);
    const both = await Promise.all([
      decide(anew.cmd, SECOND),
      decide(anew.cmd, proven({ ...SECOND, userId: newId() })),
    ]);
    expect(both.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await findFinding(shop.deps.db, ADMIN, findingId)).toMatchObject({ status: "resolved" });
    await expect(
      shop.rows("UPDATE remedy_act SET decided_by = proposed_by WHERE id = $1", [anew.cmd.actId]),
    ).rejects.toThrow();
  });

  test("a proposal whose order has changed meanwhile is not carried out", async () => {
    const { variantId } = await shop.stock({ cards: 1, priceMinor: 200_000n });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray(200_000n);
    const { cmd } = await look(findingId, "record_payment", { orderNumber: order.number });
    await apply(cmd);
    await desk.pay(order, desk.paper, { amountMinor: 200_000n });
    expect(await decide(cmd, SECOND)).toEqual({ ok: false, error: "order_changed" });
    expect(await desk.paymentsOf(order)).toHaveLength(1);
  });
});

describe("by itself", () => {
  const save = (isOn: boolean, dailyMax: number, seen: string, viewer: Viewer = ADMIN) =>
    saveRemedyPolicy(shop.deps, viewer, { remedy: "deliver", isOn, dailyMax, seen });
  const run = () => remedyByPolicy(shop.deps, shop.urls.audit);

  test("nothing is done until an admin turns it on; then so many in a day, and none behind the stop button", async () => {
    const [one, two] = [await forgotten(), await forgotten()];
    for (const { stocked } of [one, two]) await shop.restock(stocked, 1);
    expect(await run()).toBe(0);
    expect(await save(true, 1, "off|20", MERCHANT)).toEqual({ ok: false, error: "not_allowed" });
    expect(await save(true, 1, "on|3")).toEqual({ ok: false, error: "conflict" });
    expect((await save(true, 1, "off|20")).ok).toBe(true);
    expect(
      await saveRemedyPolicy(shop.deps, ADMIN, { remedy: "refund_source", isOn: true, dailyMax: 1, seen: "off|20" }),
    ).toEqual({
      ok: false,
      error: "not_found",
    });
    // Two processes at once count together.
    await Promise.all([run(), run()]);
    expect(await run()).toBe(0);
    const states = [await desk.stateOf(one.order), await desk.stateOf(two.order)];
    expect(states.filter((state) => state?.startsWith("delivered"))).toHaveLength(1);
    expect((await save(true, 5, "on|1")).ok).toBe(true);
    expect((await stopRemedies(shop.deps, SECOND)).ok).toBe(true);
    expect(await run()).toBe(0);
    expect((await save(true, 5, "off|5")).ok).toBe(true);
    await takeBoth([one.findingId, two.findingId]);
    expect(await run()).toBe(0);
    await shop.rows("UPDATE finding SET status = 'open', owner_id = NULL WHERE status = 'in_work'");
    expect(await run()).toBe(1);
    await stopRemedies(shop.deps, ADMIN);
    expect(await statusOf(one.findingId)).toBe("resolved");
    expect(await statusOf(two.findingId)).toBe("resolved");
  });

  /** In somebody's hands, as far as they are open. */
  async function takeBoth(ids: readonly string[]): Promise<void> {
    await shop.rows(
      "INSERT INTO app_user (id, email, password_hash, role) VALUES ($1, 'busy@example.com', '', 'admin') ON CONFLICT DO NOTHING",
      [ADMIN.userId],
    );
    await takeFindings(shop.deps, ADMIN, ids);
  }
});

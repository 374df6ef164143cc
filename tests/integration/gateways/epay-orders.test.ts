import { describe, expect, test } from "vitest";
import { type ListedPayment, listOrders } from "@/lib/features/payments/gateways/epay/orders";
import { readSettings } from "@/lib/features/payments/gateways/epay/settings";
import { account, fake, network, settings, start, startRsa, useEpayScene } from "./epay-scene";

useEpayScene();

describe("the list of orders", () => {
  async function read(since = 0): Promise<{ names: string[]; end: ListedPayment }> {
    const config = readSettings(settings);
    if (!config.ok) throw new Error(config.error.join());
    const items: ListedPayment[] = [];
    for await (const item of listOrders({ since }, config.value, network)) items.push(item);
    const end = items.pop();
    if (end?.kind !== "end") throw new Error("the list has no end");
    return { names: items.map((item) => (item.kind === "row" ? item.outTradeNo : "end")), end };
  }
  test.each(["v1", "v2"])("%s: every order once, whatever the length of the last page", async (version) => {
    for (const count of [1, 49, 50, 51, 90, 131]) {
      await (version === "v1" ? start() : startRsa());
      fake.fill(count);
      const { names, end } = await read();
      expect([names.length, new Set(names).size, end]).toEqual([count, count, { kind: "end", reason: null }]);
      await fake.stop();
    }
    await start();
  });
  test("an empty list is a broken page, and is told from a broken server", async () => {
    await start();
    expect(await read()).toEqual({ names: [], end: { kind: "end", reason: null } });
    fake.misbehave("empty_500");
    expect(await read()).toEqual({ names: [], end: { kind: "end", reason: "http_status" } });
  });
  test("orders that come while we read are no reason to tell others twice, or not at all", async () => {
    await start();
    fake.fill(120);
    fake.beforePage((offset) => offset > 0 && fake.fill(30));
    const { names, end } = await read();
    expect([names.length, new Set(names).size, end]).toMatchObject([120, 120, { reason: null }]);
  });
  test("orders that are purged while we read leave no gap", async () => {
    await start();
    fake.fill(200);
    const first = await read();
    let purged = 0;
    // Forty of the newest go away in front of the second page, so that it shares no row with the first.
    fake.beforePage((offset) => {
      if (offset === 0 || purged > 0) return;
      for (const name of first.names.slice(0, 40)) fake.purge(name);
      purged = 40;
    });
    const again = await read();
    expect([purged, new Set(again.names).size, again.end]).toMatchObject([40, 200, { reason: null }]);
  });
  test("as a statement: pages of rows as they were sent, the window's only, and no page after a failure", async () => {
    await start();
    fake.fill(120);
    const read = async (to: number) => {
      const pages = [];
      for await (const page of account.statementPages!({ from: 0, to }, network)) pages.push(page);
      return pages;
    };
    const pages = await read(Date.now() + 1_000);
    expect(pages.map((page) => page.ok && [page.value.rows, page.value.isLast])).toEqual([
      [50, false],
      [50, false],
      [20, true],
    ]);
    const [first] = pages;
    expect(first?.ok && JSON.parse(first.value.text).data[0]).toMatchObject({ money: "1.00", status: "0" });
    expect(await read(0)).toMatchObject([{ ok: true, value: { rows: 0, isLast: true } }]);
    fake.misbehave("html");
    expect(await read(Date.now())).toEqual([{ ok: false, error: "unreadable" }]);
  });
  test("what was added before the window ends the reading", async () => {
    await start();
    fake.fill(60);
    const { names, end } = await read(Date.now() + 60_000);
    expect([names, end]).toEqual([[], { kind: "end", reason: null }]);
    expect(fake.asked).toHaveLength(1);
  });
});

import { withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { EPAY, HOUSES } from "@/tests/support/gateway-houses";
import { type Bought, type GatewayStreet, openGatewayStreet } from "@/tests/support/gateway-street";
import { expectInvariants } from "@/tests/support/invariants";
import { type Told, tell } from "@/tests/support/notice-front";
import { describe, expect, test } from "@/tests/support/test";
import { formOf, signed as signedByAlipay } from "@/tests/unit/payments/alipay-fixtures";
import { eventOf, headerOf, SESSION } from "@/tests/unit/payments/stripe-fixtures";
import { event, PAID, notice as wechatNotice } from "@/tests/unit/payments/wechat-fixtures";
import { misspelt, withMore } from "./forged-notices";

const TIMES = 20;

/** Whoever wants a card for nothing, at the door of every gateway at once; what he sends is what a true gateway sent, bent. */
describe("attacks on a shop over HTTP", { timeout: 180_000 }, () => {
  let street: GatewayStreet;
  test.beforeAll(async ({ database }) => {
    street = await openGatewayStreet(database);
  });
  test.afterAll(async ({ database }) => {
    await street.close();
    await expectInvariants(database);
  });

  const send = (told: Pick<Told, "method" | "path" | "headers" | "body">) => tell(street.front.shop, told);
  const paymentCount = async () =>
    (await street.shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM payment"))[0]?.n;
  /** Paid with nobody listening: the notices that the gateway sent, none of which has arrived. */
  async function unheard(id: string): Promise<{ bought: Bought; notices: Told[] }> {
    const bought = await street.buy(id);
    const before = street.toldOf(bought).length;
    street.front.isCut = true;
    await bought.house.pay(bought.outTradeNo);
    street.front.isCut = false;
    return { bought, notices: street.toldOf(bought).slice(before) };
  }
  /** Paid and delivered, with the notices that were taken for it. */
  async function delivered(id: string): Promise<{ bought: Bought; notices: Told[] }> {
    const bought = await street.buy(id);
    const before = street.toldOf(bought).length;
    await bought.house.pay(bought.outTradeNo);
    expect(await street.standing(bought)).toBe("delivered none 1000");
    const notices = street.toldOf(bought).slice(before);
    expect(notices.length).toBeGreaterThan(0);
    return { bought, notices };
  }
  const isTaken = (heard: Told, { answer, status }: Told): boolean =>
    heard.status === status && heard.answer === answer;

  describe.each(HOUSES)("at %s", (id) => {
    /** One payment that nobody has told the shop of, and its true notices: bent and shown at wrong doors first, taken then, and shown again last. */
    let bought: Bought;
    let notices: Told[];
    test.beforeAll(async () => {
      ({ bought, notices } = await unheard(id));
    });

    test("attack 1: a true notice of one cent for an order of ten is on record, and buys nothing", async () => {
      const cheap = await street.buy(id);
      await cheap.house.payCent(cheap.outTradeNo);
      expect(await street.standing(cheap)).toBe("pending underpaid 1");
      expect(await street.reveal(cheap)).toBe("not_delivered");
      const findings = await street.shop.rows("SELECT kind FROM finding WHERE order_id = $1", [cheap.orderId]);
      expect(findings).toEqual([{ kind: "amount_mismatch" }]);
    });

    test("attacks 2 and 30: a true notice at any other account's door is not taken there, and not told from a forged one", async () => {
      const before = await paymentCount();
      for (const other of [...HOUSES.filter((one) => one !== id), "nobody"]) {
        const kind = other === "nobody" ? bought.house.kind : street.houseOf(other).kind;
        for (const notice of notices) {
          const path = notice.path.replace(/^\/api\/pay\/[^/]+\/[^?]+/, `/api/pay/${kind}/${other}`);
          const heard = await send({ ...notice, path });
          expect(heard.answer, other).not.toMatch(/success|ok/i);
          expect(heard.status >= 400 || heard.answer === "fail", `${other}: ${heard.status} ${heard.answer}`).toBe(
            true,
          );
        }
      }
      expect(await paymentCount()).toBe(before);
      expect(await street.standing(bought)).toBe("pending none 0");
    });

    test("attack 12: with one more field, repeated or poisoned, no notice is taken", async () => {
      for (const notice of notices) {
        for (const bent of withMore(notice)) {
          const heard = await send(bent);
          expect(heard.status >= 400 || heard.answer === "fail", `${bent.path} ${bent.body}`).toBe(true);
        }
      }
      expect(await street.standing(bought)).toBe("pending none 0");
    });

    test("attacks 13 and 26: with its signature misspelt none is taken, whatever address it claims to come from", async () => {
      const claims = { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" };
      for (const notice of notices) {
        for (const bent of misspelt(notice)) {
          const heard = await send({ ...bent, headers: { ...bent.headers, ...claims } });
          expect(heard.status >= 400 || heard.answer === "fail", `${bent.path} ${bent.body}`).toBe(true);
        }
      }
      expect(await street.standing(bought)).toBe("pending none 0");
      // The same from an address that nobody knows is taken: the signature alone decides.
      const unknown = { "x-forwarded-for": "203.0.113.66" };
      for (const notice of notices) await send({ ...notice, headers: { ...notice.headers, ...unknown } });
      expect(await street.standing(bought)).toBe("delivered none 1000");
    });

    test("attack 3: a notice that is shown again, before and after its money went back, pays and delivers nothing more", async () => {
      const cards = await street.reveal(bought);
      for (const notice of notices) expect((await send(notice)).status).toBeLessThan(300);
      expect(await street.standing(bought)).toBe("delivered none 1000");
      expect(await street.reveal(bought)).toEqual(cards);
      const byHand = { method: "by_hand", outsideReference: `again-${bought.outTradeNo}` } as const;
      expect((await street.giveBack(bought, byHand)).ok).toBe(true);
      for (const notice of notices) await send(notice);
      expect(await street.standing(bought)).toMatch(/^refunded none/);
      expect(await street.cardsOf(bought)).toEqual(["withdrawn"]);
      expect(await street.paymentsOf(bought)).toHaveLength(1);
    });

    test("attacks 16 and 17: told twenty times at once it is one payment and one delivery, and each time the gateway's own word", async () => {
      const fresh = await unheard(id);
      const heard = await Promise.all(Array.from({ length: TIMES }, () => fresh.notices.map(send)).flat());
      // A notice that only makes the shop ask may be put off while others ask; the gateway tells it again.
      for (const notice of fresh.notices) await send(notice);
      expect(await street.standing(fresh.bought)).toBe("delivered none 1000");
      expect(await street.paymentsOf(fresh.bought)).toHaveLength(1);
      expect(await street.cardsOf(fresh.bought)).toEqual(["delivered"]);
      for (const { status, contentType, answer } of heard) {
        expect([200, 204, 503], answer).toContain(status);
        expect(contentType).toMatch(/^text\/plain|^application\/json|^$/);
        expect(answer).not.toMatch(/[<"]s/);
      }
    });
  });

  test("attack 9: rightly signed, and no money: none of it pays, and what pays later still does", async () => {
    const almost = HOUSES.filter((id) => street.houseOf(id).payAlmost);
    expect(almost).toEqual(["stripe", "paypal", "bepusdt"]);
    for (const id of almost) {
      const bought = await street.buy(id);
      await bought.house.payAlmost?.(bought.outTradeNo);
      expect(await street.standing(bought), id).toBe("pending none 0");
    }
    const [epay, ali, wx] = [await street.buy("epay-v1"), await street.buy("alipay"), await street.buy("wechat")];
    const fields = {
      pid: EPAY.pid,
      trade_no: "T9",
      out_trade_no: epay.outTradeNo,
      type: "alipay",
      name: "x",
      money: "10",
    };
    const closed = withSignature(Object.entries({ ...fields, trade_status: "TRADE_CLOSED" }), EPAY.key);
    const waiting = { out_trade_no: ali.outTradeNo, total_amount: "10.00", trade_status: "WAIT_BUYER_PAY" };
    const paying = {
      ...PAID,
      out_trade_no: wx.outTradeNo,
      trade_state: "USERPAYING",
      amount: { total: 1000, currency: "CNY" },
    };
    const unsettled = wechatNotice(event(paying), { at: Date.now() });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    await send({ method: "GET", path: `/api/pay/epay/epay-v1?${formOf(closed)}`, headers: {}, body: "" });
    await send({
      method: "POST",
      path: "/api/pay/alipay/alipay",
      headers: form,
      body: formOf(signedByAlipay(waiting)),
    });
    const headers = Object.fromEntries(unsettled.headers);
    await send({
      method: "POST",
      path: "/api/pay/wechat/wechat",
      headers,
      body: Buffer.from(unsettled.body).toString(),
    });
    for (const bought of [epay, ali, wx]) {
      expect(await street.standing(bought), bought.house.id).toBe("pending none 0");
      await bought.house.pay(bought.outTradeNo);
      expect(await street.standing(bought), bought.house.id).toBe("delivered none 1000");
    }
  });

  test("attack 10: money given back at the gateway's desk is told on the same door, and is never a second payment", async () => {
    const desks = HOUSES.filter((id) => street.houseOf(id).giveBackAtDesk);
    expect(desks).toEqual(["alipay", "stripe", "paypal"]);
    for (const id of desks) {
      const { bought } = await delivered(id);
      await bought.house.giveBackAtDesk?.(bought.outTradeNo);
      expect(await street.paymentsOf(bought), id).toHaveLength(1);
      expect(await street.standing(bought), id).toBe("delivered none 1000");
      // Told by a notice of its own and by an answer, in either order, it is one thing to look at.
      const open = "SELECT kind FROM finding WHERE order_id = $1 AND status = 'open'";
      expect(await street.shop.rows(open, [bought.orderId]), id).toEqual([{ kind: "refunded_outside" }]);
    }
  });

  test("attack 18: the text of a notice written anew, with the same meaning, is not what was signed", async () => {
    for (const id of ["wechat", "stripe", "paypal"]) {
      const { bought, notices } = await unheard(id);
      for (const notice of notices) {
        const heard = await send({ ...notice, body: JSON.stringify(JSON.parse(notice.body), null, 1) });
        expect(heard.status, id).toBeGreaterThanOrEqual(400);
      }
      expect(await street.standing(bought), id).toBe("pending none 0");
    }
  });

  test("attack 22: no gateway hears a word of the product or of its buyer", async () => {
    for (const id of HOUSES) {
      const bought = await street.buy(id);
      const subject = bought.house.subject(bought.outTradeNo);
      if (subject !== undefined) expect(subject, id).toMatch(/^[A-Za-z0-9 -]{1,64}$/);
    }
    const said = street.asked.map((text) =>
      decodeURIComponent(text.replaceAll("+", " ").replace(/%(?![0-9a-f]{2})/gi, "")),
    );
    expect(said.length).toBeGreaterThan(0);
    for (const line of said) expect(line).not.toMatch(/Test product|测试商品|@example\.com/);
  });

  test("attack 25: a price that changes after the order changes no attempt of it, made before or made later", async () => {
    const bought = await street.buy("alipay");
    await street.shop.rows("UPDATE variant SET price_minor = 1, version = version + 1 WHERE id = $1", [
      bought.stocked.variantId,
    ]);
    const other = await street.payElsewhere(bought, "wechat");
    const [amounts] = await street.shop.rows(
      "SELECT array_agg(DISTINCT amount_minor::int) AS asked FROM payment_attempt WHERE order_id = $1",
      [bought.orderId],
    );
    expect(amounts).toEqual({ asked: [1_000] });
    await other.house.pay(other.outTradeNo);
    expect(await street.standing(bought)).toBe("delivered none 1000");
    await expect(
      street.shop.rows("UPDATE payment_attempt SET amount_minor = 1 WHERE order_id = $1", [bought.orderId]),
    ).rejects.toThrow();
  });

  test("attack 29: an event of Stripe's test world, rightly signed, is not taken by a live account, nor a live one by a test account", async () => {
    const bought = await street.buy("stripe");
    const session = { ...SESSION, client_reference_id: bought.outTradeNo, amount_total: 1_000, livemode: true };
    const body = eventOf("checkout.session.completed", session, { livemode: true });
    const headers = {
      "content-type": "application/json",
      "stripe-signature": headerOf(body, { at: Math.floor(Date.now() / 1_000) }),
    };
    const heard = await send({ method: "POST", path: "/api/pay/stripe/stripe", headers, body });
    expect(heard.status).toBeGreaterThanOrEqual(400);
    expect(await street.standing(bought)).toBe("pending none 0");
  });

  test("attack 20: an old notice is refused where its time is signed, and elsewhere it is the payment that it was", async () => {
    const kept = new Map<string, { bought: Bought; notices: Told[] }>();
    for (const id of HOUSES) kept.set(id, await delivered(id));
    street.later(6 * 60_000);
    for (const [id, { bought, notices }] of kept) {
      const isTimed = id === "epay-v2" || id === "wechat" || id === "stripe";
      for (const notice of notices) expect(isTaken(await send(notice), notice), id).toBe(!isTimed);
      expect(await street.standing(bought), id).toBe("delivered none 1000");
      expect(await street.paymentsOf(bought), id).toHaveLength(1);
    }
  });

  test("attack 24: no key is in a log line, in the inbox, in an answer or on a page of figures, not even when a gateway is away", async () => {
    const bought = await street.buy("epay-v1");
    await bought.house.stop();
    await street.check(bought);
    const secrets = HOUSES.flatMap((id) =>
      Object.entries(street.houseOf(id).settings).flatMap(([name, value]) =>
        /key|secret|token/i.test(name) && !/public|Id$/i.test(name) ? [value].flat().map(String) : [],
      ),
    ).filter((text) => text.length > 8);
    expect(secrets.length).toBeGreaterThanOrEqual(HOUSES.length);
    const inbox = await street.shop.rows<{ raw: unknown }>("SELECT raw FROM payment_event");
    const figures = await send({ method: "GET", path: "/metrics", headers: {}, body: "" });
    const answers = [...street.front.told.map(({ answer }) => answer), figures.answer];
    const said = [...street.logged, ...inbox.map(({ raw }) => JSON.stringify(raw)), ...answers].join("\n");
    expect(street.logged.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(said).not.toContain(secret.slice(0, 40));
  });
});

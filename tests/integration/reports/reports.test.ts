// Over 300 lines: two days that are lived once, and everything that is said of them.
import { wishCloseMail } from "@/lib/features/reports/close-mail";
import { compareClose } from "@/lib/features/reports/compare-close";
import { readClose, readOpenDay } from "@/lib/features/reports/queries";
import { addMerchants, type Figure, figureOf, monthOf } from "@/lib/features/reports/rules";
import { readStatement } from "@/lib/features/reports/statement";
import { findClose, readFrozen } from "@/lib/features/reports/store";
import { readFindingTrend } from "@/lib/features/reports/trend";
import { closeDays } from "@/lib/flows/close-days";
import { requestRefund } from "@/lib/flows/request-refund";
import { sendMail } from "@/lib/flows/send-mail";
import { writeCloses, writeStatement } from "@/lib/flows/write-report";
import { newId } from "@/lib/kernel/id";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { dayIn, zoneAtNoon } from "@/tests/support/noon";
import { openPostbox, type Postbox, textOf } from "@/tests/support/postbox";
import { proven } from "@/tests/support/proven";
import { ADMIN, openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { expect, test } from "@/tests/support/test";
import { memberOf, newAdmin, newMerchant } from "../merchants/shops";
import { asGod, daysAgo } from "./days-ago";

const zone = zoneAtNoon();
const dayOf = (at: Date): string => dayIn(zone, at);
const [now, DAY_MS] = [Date.now(), 24 * 3_600_000];
const [beforeYesterday, yesterday, today] = [2, 1, 0].map((days) => dayOf(new Date(now - days * DAY_MS))) as [
  string,
  string,
  string,
];

let desk: RefundDesk;
let postbox: Postbox;
let owner: Extract<Viewer, { kind: "merchant" }>;
let admin: Proven<Extract<Viewer, { kind: "admin" }>>;
let first: { id: string };

/** Two days with everything that a day can have, and what of it came later. */
test.beforeAll(async ({ database }) => {
  postbox = await openPostbox();
  desk = await openRefundDesk(database, {
    KAPU_SMTP_URL: postbox.url,
    KAPU_MAIL_FROM: "Kapu <shop@example.com>",
  });
  const { shop } = desk;
  let second = { id: "" };
  let waiting = { stocked: {} as Awaited<ReturnType<RefundDesk["owed"]>>["stocked"] };
  await daysAgo(database, 2, async () => {
    const bought = await desk.paid();
    first = bought.order;
    owner = await memberOf(shop.deps, bought.stocked.merchantId);
    await desk.pay(bought.order, desk.paper, { trade: "T-TWICE" });
    second = (await desk.paid(desk.paper, { cards: 3, quantity: 2 })).order;
    waiting = await desk.owed();
    const short = await shop.place((await shop.stock({ cards: 1 })).variantId, { accountId: "paper" });
    await desk.pay(short, desk.paper, { amountMinor: 400n });
  });
  await daysAgo(database, 1, async () => {
    await requestRefund(shop.deps, ADMIN, await desk.command(second));
    const [, twice] = await desk.paymentsOf(first);
    const back = await desk.command(first, { paymentId: twice?.id as string, method: "balance" });
    await requestRefund(shop.deps, ADMIN, back);
    await desk.drive();
    await shop.restock(waiting.stocked, 1);
    await desk.paid();
  });
  admin = await newAdmin(shop.deps);
  await wishCloseMail(shop.deps, admin, "en");
  await newAdmin(shop.deps);
});
test.afterAll(async () => {
  await desk.close();
  await postbox.close();
});

interface Row {
  readonly at: Date;
  readonly minor: bigint;
}
/** What the rows themselves say of a day, added up here and not by the statements that are judged. */
async function addUp(day: string) {
  const { db } = desk.shop.deps;
  const [orders, payments, refunds] = await Promise.all([
    db.order.findMany(),
    db.payment.findMany(),
    db.refund.findMany({ where: { status: "succeeded" } }),
  ]);
  const sum = (rows: readonly Row[]) => {
    const own = rows.filter(({ at }) => dayOf(at) === day);
    return { quantity: BigInt(own.length), amountMinor: own.reduce((total, { minor }) => total + minor, 0n) };
  };
  const timed = (column: "createdAt" | "paidAt" | "deliveredAt") =>
    orders.flatMap((order) => (order[column] ? [{ at: order[column], minor: order.totalMinor }] : []));
  return {
    placed: sum(timed("createdAt")),
    sold: sum(timed("paidAt")),
    delivered: sum(timed("deliveredAt")),
    received: sum(payments.map(({ receivedAt, amountMinor }) => ({ at: receivedAt, minor: amountMinor }))),
    refunded: sum(refunds.map(({ finishedAt, amountMinor }) => ({ at: finishedAt as Date, minor: amountMinor }))),
  };
}
const figuresOf = async (day: string) => addMerchants(await readFrozen(desk.shop.deps.db, day));
const cny = (figures: readonly Figure[], name: string) => figureOf(figures, name, "CNY");
const closeOf = async (day: string) => {
  const close = await findClose(desk.shop.deps.db, day);
  if (!close) throw new Error(`${day} is not closed`);
  return close;
};

test("days that are over are closed once, whoever closes them and how often; today is not", async () => {
  const { shop, other } = desk;
  const closed = await Promise.all([closeDays(shop.deps, zone), closeDays(other, zone), closeDays(shop.deps, zone)]);
  await closeDays(shop.deps, zone);
  expect(closed.reduce((sum, n) => sum + n, 0)).toBe(2);
  const days = await shop.rows<{ day: string }>("SELECT day::text AS day FROM daily_close ORDER BY day");
  expect(days.map(({ day }) => day)).toEqual([beforeYesterday, yesterday]);
  expect(await closeDays(shop.deps, zone)).toBe(0);
});

test("a close says what its orders, payments and refunds say, each at its own time, and all days together what there is", async () => {
  for (const day of [beforeYesterday, yesterday]) {
    const [figures, rows] = [await figuresOf(day), await addUp(day)];
    for (const [name, sum] of Object.entries(rows)) expect([day, name, cny(figures, name)]).toEqual([day, name, sum]);
  }
  const [early, late] = [await figuresOf(beforeYesterday), await figuresOf(yesterday)];
  expect(cny(early, "refunded").quantity).toBe(0n);
  expect(cny(early, "unsettled")).toEqual({ quantity: 2n, amountMinor: 1400n });
  expect(cny(late, "refunded")).toEqual({ quantity: 2n, amountMinor: 3000n });
  // It was owed at the end of its day, and served on the next.
  expect([cny(early, "owed").quantity, cny(late, "owed").quantity]).toEqual([1n, 0n]);
  const paid = await desk.shop.deps.db.payment.aggregate({ _sum: { amountMinor: true } });
  expect(cny(early, "received").amountMinor + cny(late, "received").amountMinor).toBe(paid._sum.amountMinor);
  expect(figureOf(early, "finding_open", "double_payment").quantity).toBe(1n);
  expect(figureOf(late, "finding_closed", "double_payment").quantity).toBe(1n);
});

test("a refund of an order of before is today's: closed days stay as they are and agree", async () => {
  const { shop } = desk;
  const [payment] = await desk.paymentsOf(first);
  const back = await desk.command(first, { paymentId: payment?.id as string, amountMinor: 300n });
  expect((await requestRefund(shop.deps, ADMIN, back)).ok).toBe(true);
  await desk.drive();
  for (const day of [beforeYesterday, yesterday])
    expect([day, await compareClose(shop.deps.db, await closeOf(day))]).toEqual([day, []]);
  const open = await readOpenDay(shop.deps, zone, Date.now() + 1_000);
  expect(open?.day).toBe(today);
  expect(cny(open?.figures ?? [], "refunded")).toEqual({ quantity: 1n, amountMinor: 300n });
});

test("what is closed cannot be changed: the database refuses, and whoever gets past it is seen by the hash", async ({
  database,
}) => {
  const { shop } = desk;
  for (const statement of [
    "UPDATE daily_figure SET amount_minor = 1",
    "DELETE FROM daily_close",
    "TRUNCATE daily_correction",
    "DELETE FROM daily_figure",
  ])
    await expect(shop.rows(statement), statement).rejects.toThrow(/refuses/);
  await expect(shop.deps.db.$executeRaw`DELETE FROM daily_close`).rejects.toThrow(/permission denied/);
  expect((await readClose(shop.deps, yesterday))?.isIntact).toBe(true);
  const change = (by: number) =>
    asGod(database, "UPDATE daily_figure SET amount_minor = amount_minor + $2 WHERE day = $1 AND name = 'received'", [
      yesterday,
      by,
    ]);
  await change(1);
  const seen = await readClose(shop.deps, yesterday);
  expect(seen).toMatchObject({ isIntact: false, differences: [{ name: "received", amountMinor: -1n }] });
  await change(-1);
  expect((await readClose(shop.deps, yesterday))?.isIntact).toBe(true);
});

test("a past that was changed by hand is told as a correction of the next close, once, and not as another past", async ({
  database,
}) => {
  const { shop } = desk;
  // The day before the last is to be closed again, after somebody has touched the day before it.
  for (const table of ["daily_correction", "daily_figure", "daily_close"])
    await asGod(database, `DELETE FROM ${table} WHERE day = $1`, [yesterday]);
  const frozen = await figuresOf(beforeYesterday);
  const touch = (minor: number) =>
    asGod(database, "UPDATE payment SET amount_minor = amount_minor + $1 WHERE gateway_trade_number = 'T-TWICE'", [
      minor,
    ]);
  await touch(50);
  expect((await readClose(shop.deps, beforeYesterday))?.differences).toMatchObject([
    { name: "received", amountMinor: 50n },
    { name: "unsettled", amountMinor: 50n },
  ]);
  expect(await closeDays(shop.deps, zone)).toBe(1);
  expect(await figuresOf(beforeYesterday)).toEqual(frozen);
  const [past, next] = [await readClose(shop.deps, beforeYesterday), await readClose(shop.deps, yesterday)];
  expect(past).toMatchObject({
    isIntact: true,
    differences: [],
    corrected: [{ name: "received" }, { name: "unsettled" }],
  });
  expect(next).toMatchObject({ isIntact: true, corrections: [{ ofDay: beforeYesterday, amountMinor: 50n }, {}] });
  await touch(-50);
  expect((await readClose(shop.deps, beforeYesterday))?.differences).toMatchObject([{ amountMinor: -50n }, {}]);
  await touch(50);
});

test("admins who want it get the close by mail, once and in their language; nobody else does", async () => {
  const { shop } = desk;
  const mails = await shop.deps.db.mail.findMany({ where: { kind: "daily_close" } });
  const { email } = await shop.deps.db.appUser.findUniqueOrThrow({ where: { id: admin.userId } });
  expect(mails).toMatchObject([{ recipient: email, locale: "en", status: "queued" }]);
  await sendMail(shop.deps, { mailId: mails[0]?.id as string });
  const text = textOf(postbox.letters.at(-1) ?? "");
  expect(text).toContain(`/en/admin/reports/${yesterday}`);
  expect(text).toContain("Refunded: 2 refunds, ¥30.00");
  await wishCloseMail(shop.deps, admin, null);
  const told = await shop.deps.db.auditEvent.findMany({ where: { action: "report.mail_wished" } });
  expect(told.map(({ detail }) => detail)).toEqual([{ closeMail: "en" }, { closeMail: null }]);
});

const statementOf = (viewer: Viewer, merchantId = owner.merchantId, month = monthOf(today)) =>
  readStatement(desk.shop.deps, viewer, { merchantId, month, timeZone: zone });

test("a merchant's month leaves to be paid out what came in less what went back, and only he and admins see it", async () => {
  const { shop } = desk;
  const [payment] = await desk.paymentsOf(first);
  const { account_id: account, gateway_trade_number: trade } = (
    await shop.rows<Record<string, string>>("SELECT account_id, gateway_trade_number FROM payment WHERE id = $1", [
      payment?.id,
    ])
  )[0] as Record<string, string>;
  await shop.rows(
    `INSERT INTO statement_row (file_id, line, kind, account_id, gateway_trade_number, amount_minor, currency, fee, occurred_at, raw)
     VALUES ($1, 1, 'payment', $2, $3, 1000, 'CNY', '0.065', now(), '[]')`,
    [newId(), account, trade],
  );
  const [sums] = await shop.rows<{ paid: string; back: string }>(
    `SELECT (SELECT sum(amount_minor) FROM payment) AS paid, (SELECT sum(amount_minor) FROM refund WHERE status = 'succeeded') AS back`,
  );
  const [own, byAdmin] = [await statementOf(owner), await statementOf(admin)];
  expect(byAdmin).toEqual(own);
  const [currency] = own?.currencies ?? [];
  expect(own?.currencies).toHaveLength(1);
  expect(currency?.closingMinor).toBe(BigInt(sums?.paid ?? 0) - BigInt(sums?.back ?? 0));
  const { receivedMinor = 0n, refundedMinor = 0n, correctionMinor = 0n } = currency?.total ?? {};
  expect((currency?.openingMinor ?? 0n) + receivedMinor - refundedMinor + correctionMinor).toBe(currency?.closingMinor);
  expect(currency?.days.at(-1)).toMatchObject({ day: today, isClosed: false, refundedMinor: 300n });
  const month = await statementOf(owner, owner.merchantId, monthOf(beforeYesterday));
  expect(month?.currencies[0]?.fees).toMatchObject({ minor: 7n, known: 1 });
  const stranger = await newMerchant(shop.deps);
  expect(await statementOf(stranger)).toBeNull();
  expect(await statementOf(stranger, stranger.merchantId)).toMatchObject({ currencies: [] });
});

test("money that came to a merchant's own account is told and not paid out again", async () => {
  const { shop } = desk;
  const before = (await statementOf(owner))?.currencies[0];
  await shop.rows("UPDATE gateway_account SET merchant_id = $1 WHERE id = 'forgetful'", [owner.merchantId]);
  await desk.paid(desk.forgetful);
  const after = (await statementOf(owner))?.currencies[0];
  expect(after?.closingMinor).toBe(before?.closingMinor);
  expect((after?.total.directMinor ?? 0n) - (before?.total.directMinor ?? 0n)).toBe(1000n);
  expect((after?.total.revenueMinor ?? 0n) - (before?.total.revenueMinor ?? 0n)).toBe(1000n);
});

test("findings come and go day by day, and each kind says how long it takes on average and for half of them", async ({
  database,
}) => {
  const { shop } = desk;
  for (const [hours, subject] of [
    [1, "a"],
    [2, "b"],
    [9, "c"],
  ] as const) {
    const id = newId();
    await asGod(database, "INSERT INTO finding (id, kind, subject) VALUES ($1, 'trade_reused', $2)", [id, subject]);
    await asGod(
      database,
      `INSERT INTO finding_event (finding_id, at, kind) VALUES ($1, now() - interval '30 hours', 'opened'), ($1, now() - interval '30 hours' + make_interval(hours => $2), 'resolved')`,
      [id, hours],
    );
  }
  const { days, kinds } = await readFindingTrend(shop.deps, { days: 30, timeZone: zone });
  expect(days).toHaveLength(30);
  expect(kinds.find(({ kind }) => kind === "trade_reused")).toEqual({
    kind: "trade_reused",
    opened: 3,
    closed: 3,
    open: 0,
    meanSeconds: 4 * 3600,
    medianSeconds: 2 * 3600,
  });
  const [open] = await shop.rows<{ n: number }>(
    "SELECT count(*)::int AS n FROM finding WHERE status IN ('open', 'in_work')",
  );
  // The three were put there without their row's state, which says open.
  expect(days.at(-1)?.open).toBe((open?.n ?? 0) - 3);
  expect(days.find(({ day }) => day === beforeYesterday)?.opened).toBeGreaterThan(0);
});

test("a file is taken away by who may, on record, and nothing in it computes", async () => {
  const { shop } = desk;
  await shop.rows("UPDATE merchant SET name = '=HYPERLINK(1)' WHERE id = $1", [owner.merchantId]);
  const span = { from: beforeYesterday, to: yesterday, locale: "en" } as const;
  expect(await writeCloses(shop.deps, proven(owner), span)).toEqual({ ok: false, error: "not_allowed" });
  const file = await writeCloses(shop.deps, admin, span);
  if (!file.ok) throw new Error(file.error);
  const lines = file.value.text.split("\r\n");
  expect(lines[0]).toContain('"Day","Corrects day","Merchant"');
  expect(lines).toContain(`"${yesterday}","","'=HYPERLINK(1)","Refunded (platform's accounts)","CNY","2","30.00"`);
  const merchantId = owner.merchantId;
  const month = { merchantId, month: monthOf(today), locale: "zh" } as const;
  expect((await writeStatement(shop.deps, proven(await newMerchant(shop.deps)), month)).ok).toBe(false);
  const statement = await writeStatement(shop.deps, proven(owner), month);
  expect(statement.ok && statement.value.text).toContain('"成交单数"');
  const told = await shop.deps.db.auditEvent.findMany({
    where: { action: { startsWith: "report." } },
    orderBy: { id: "asc" },
  });
  expect(told.map(({ action }) => action).filter((action) => action.endsWith("exported"))).toEqual([
    "report.closes_exported",
    "report.statement_exported",
  ]);
});

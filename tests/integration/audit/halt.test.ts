import { INVARIANTS } from "@/lib/features/audit";
import { resumeProduct } from "@/lib/features/merchants/save-product";
import { placeOrder } from "@/lib/flows/place-order";
import { resumeAudited } from "@/lib/flows/resume-audited";
import { settleAudit } from "@/lib/flows/settle-audit";
import { newId } from "@/lib/kernel/id";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { createDatabase, type TestDatabase } from "../../support/database";
import { ACCOUNT, openDeps } from "../../support/shop";
import { describe, expect, test } from "../../support/test";
import type { Break } from "./break";
import { BREAKS } from "./breaks";
import { liveALittle } from "./lived-in-shop";
import { breakRows, goRound, keepRows, mendRows } from "./rounds";

const MAIL = { KAPU_SMTP_URL: "smtp://127.0.0.1:9", KAPU_MAIL_FROM: "shop@example.com" };
const ADMIN = { kind: "admin", userId: newId() } as const;

/** Whether a break leaves the tables themselves as a sale needs them. */
const isOfRows = (sql: Break["sql"]): boolean => ![sql].flat().some((statement) => /^(DROP|ALTER) /.test(statement));

/** A break that an invariant of safety alone names, of rows only where there is one. */
const SAFETY = INVARIANTS.filter(({ kind }) => kind === "safety").map(({ id }) => {
  const own = BREAKS.filter((one) => one.id === id && !one.also);
  return own.find(({ sql }) => isOfRows(sql)) ?? own[0]!;
});

interface OpenFinding {
  readonly id: string;
  readonly subject: string;
}

/** A copy of the lived-in shop with an admin and a mail server, and what a test asks of it. */
async function openCopy(source: string) {
  const database = await createDatabase(source);
  const deps = openDeps(database, MAIL);
  await deps.db
    .$executeRaw`INSERT INTO app_user (id, email, password_hash, role) VALUES (${ADMIN.userId}::uuid, 'admin@example.com', 'x', 'admin')`;
  const rows = <T>(sql: string) =>
    withClient(database.owner, async (client) => (await client.query(sql)).rows as unknown as T[]);
  return {
    database,
    deps,
    rows,
    audit: () => goRound(database.audit, (pass) => settleAudit(deps, pass)),
    findings: () =>
      rows<OpenFinding>("SELECT id, subject FROM finding WHERE kind = 'invariant_broken' AND status = 'open'"),
    mails: () => rows<{ status: string }>("SELECT status FROM mail WHERE kind = 'invariant_broken'"),
    halted: () => rows<{ id: string }>("SELECT id FROM product WHERE halted_at IS NOT NULL"),
    resume: (finding: OpenFinding, isConfirmed = false) =>
      resumeAudited(deps, database.audit, { viewer: ADMIN, findingId: finding.id, reason: "looked at", isConfirmed }),
    close: async () => {
      await closeDeps(deps);
      await database.drop();
    },
  };
}

/** How an order of each variant on sale is answered; a placed one counts as `placed`. */
async function tryToBuy(deps: Deps, variantIds: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  for (const variantId of variantIds) {
    const order = await placeOrder(deps, {
      scope: "guest",
      requestKey: newId(),
      email: `${newId()}@example.com`,
      locale: "zh",
      accountId: ACCOUNT,
      lines: [{ variantId, quantity: 1 }],
    });
    answers.push(order.ok ? "placed" : order.error);
  }
  return answers;
}

describe("a broken promise of safety", () => {
  let livedIn: TestDatabase;
  /** One shop that is broken and mended again and again. */
  let mended: Awaited<ReturnType<typeof openCopy>>;
  test.beforeAll(async ({ database }) => {
    livedIn = database;
    await liveALittle(database);
    mended = await openCopy(livedIn.name);
    await keepRows(mended.database.superuser);
  });
  test.afterAll(() => mended.close());
  /** Of what was mended nothing is found again: not among the findings of the next break, and not behind the last. */
  test.afterAll(async () => {
    await mended.audit();
    expect(await mended.findings()).toEqual([]);
    expect(await mended.halted()).toEqual([]);
  });

  test.each(SAFETY)(
    "$id ($what) halts its product, tells the admins once, and is undone by a reason",
    async ({ id, sql }) => {
      const shop = isOfRows(sql) ? mended : await openCopy(livedIn.name);
      try {
        const variants = (await shop.rows<{ id: string }>("SELECT id FROM variant")).map((variant) => variant.id);
        // Priced now, so that the halt meets an order with a cached price.
        await expect.poll(() => tryToBuy(shop.deps, variants), { timeout: 5_000 }).not.toContain("not_for_sale");
        if (shop !== mended) await keepRows(shop.database.superuser);
        await breakRows(shop.database.superuser, sql);
        await shop.audit();
        const halted = (await shop.halted()).map((product) => product.id);
        const findings = await shop.findings();
        expect(halted.length).toBeGreaterThan(0);
        expect(findings.map(({ subject }) => subject).sort()).toEqual(
          halted.map((product) => `${id}/${product}`).sort(),
        );
        expect(await shop.mails()).toEqual([{ status: "queued" }]);
        const offSale = await shop.rows<{ id: string }>(
          "SELECT v.id FROM variant v JOIN product p ON p.id = v.product_id WHERE p.halted_at IS NOT NULL",
        );
        const answers = () =>
          tryToBuy(
            shop.deps,
            offSale.map((variant) => variant.id),
          );
        expect(await answers()).not.toContain("placed");
        // A variant whose last card went a moment ago is called sold out for as long as that is remembered.
        await expect.poll(async () => new Set(await answers()), { timeout: 5_000 }).toEqual(new Set(["not_for_sale"]));

        await shop.audit();
        expect(await shop.findings()).toEqual(findings);
        expect((await shop.mails()).length).toBe(1);

        for (const finding of findings)
          expect(await shop.resume(finding)).toEqual({ ok: false, error: "still_broken" });
        for (const product of halted) {
          expect(await resumeProduct(shop.deps, ADMIN, product)).toEqual({ ok: false, error: "held_by_audit" });
        }
        await mendRows(shop.database.superuser);
        for (const finding of findings)
          expect(await shop.resume(finding)).toEqual({ ok: true, value: { isSelling: true } });
        expect(await shop.findings()).toEqual([]);
        expect(await shop.halted()).toEqual([]);
        // What a process believes of a variant is a second old at most.
        await expect.poll(answers, { timeout: 5_000 }).not.toContain("not_for_sale");
        const record = await shop.rows<{ reason: string }>(
          "SELECT detail ->> 'reason' AS reason FROM audit_event WHERE action = 'product.resumed'",
        );
        expect(record.map(({ reason }) => reason)).toEqual(halted.map(() => "looked at"));
      } finally {
        await (shop === mended ? mendRows(mended.database.superuser, { forgetting: true }) : shop.close());
      }
    },
  );

  test("that an admin lets stand does not halt again; another break does", async () => {
    const shop = await openCopy(livedIn.name);
    const underpay = (n: number) =>
      `UPDATE orders SET paid_minor = paid_minor + 1 WHERE id = (SELECT id FROM orders WHERE status = 'delivered' ORDER BY id OFFSET ${n} LIMIT 1)`;
    try {
      await breakRows(shop.database.superuser, underpay(0));
      await shop.audit();
      const [finding] = await shop.findings();
      expect(await shop.resume(finding!)).toEqual({ ok: false, error: "still_broken" });
      expect(await shop.resume(finding!, true)).toEqual({ ok: true, value: { isSelling: true } });
      await shop.audit();
      expect(await shop.halted()).toEqual([]);
      expect(await shop.findings()).toEqual([]);
      await breakRows(shop.database.superuser, underpay(1));
      await shop.audit();
      expect((await shop.halted()).length).toBe(1);
      expect((await shop.findings()).length).toBe(1);
    } finally {
      await shop.close();
    }
  });

  test("that leads to no product halts nothing, and is a finding all the same", async () => {
    const shop = await openCopy(livedIn.name);
    try {
      await breakRows(shop.database.superuser, [
        `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
         VALUES (gen_random_uuid(), 'pending', 'paid', 'none', 'none', 'x', now())`,
      ]);
      await shop.audit();
      expect(await shop.halted()).toEqual([]);
      expect((await shop.findings()).map(({ subject }) => subject)).toEqual(["I5"]);
      expect((await shop.mails()).length).toBe(1);
    } finally {
      await shop.close();
    }
  });

  test("does not lift what a person has halted", async () => {
    const shop = await openCopy(livedIn.name);
    try {
      await shop.rows("UPDATE product SET halted_at = now(), halted_reason = 'a recall'");
      await breakRows(shop.database.superuser, SAFETY[0]!.sql);
      await shop.audit();
      for (const finding of await shop.findings()) {
        expect(await shop.resume(finding, true)).toEqual({ ok: true, value: { isSelling: false } });
      }
      const reasons = await shop.rows<{ reason: string }>("SELECT DISTINCT halted_reason AS reason FROM product");
      expect(reasons).toEqual([{ reason: "a recall" }]);
    } finally {
      await shop.close();
    }
  });
});

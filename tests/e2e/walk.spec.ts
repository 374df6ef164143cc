import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { type Account, addProduct, openMerchant, signIn, uploadAndPublish } from "../support/back-office";
import { behindTheShop } from "../support/behind-the-shop";
import { order, payAtCashier } from "../support/storefront";
import { ACTIONS, type ActionRow } from "../support/walk-actions";
import { type Foreign, type Outcome, PAGES, ROUTES, type RouteRow, WALKERS, type Walker } from "../support/walk-table";

/**
 * Every page, route and server action × everybody who might try × the ids of one merchant. What there is to walk comes from the files
 * and from the lane, so that what somebody adds is either in the tables or fails here.
 */
const APP = path.resolve("app");
const files = readdirSync(APP, { recursive: true, encoding: "utf8" });
const isGroup = (part: string) => /^\(.*\)$/.test(part);
const patternOf = (file: string): string =>
  path
    .dirname(file)
    .split(path.sep)
    .filter((part) => part !== "." && part !== "[locale]" && !isGroup(part))
    .map((part) => `/${part}`)
    .join("");

const pagesOnDisk = files.filter((file) => path.basename(file) === "page.tsx").map(patternOf);
const routesOnDisk = files
  .filter((file) => path.basename(file) === "route.ts" && !file.includes("[[...route]]"))
  .flatMap((file) => {
    const text = readFileSync(path.join(APP, file), "utf8");
    const methods = new Set(
      [...text.matchAll(/\b(?:as|function) (GET|POST|PUT|PATCH|DELETE)\b/g)].map(([, name]) => name),
    );
    return [...methods].map((method) => `${method} ${patternOf(file) || "/"}`);
  });
const LANE = path.resolve("lib/api/routes");
const laneOnDisk = readdirSync(LANE).flatMap((file) =>
  [...readFileSync(path.join(LANE, file), "utf8").matchAll(/method: "([A-Z]+)",\s*path: "([^"]+)"/g)].map(
    ([, method, route]) => `${method} ${route}`,
  ),
);
const actionsOnDisk = files
  .filter((file) => path.basename(file) === "actions.ts")
  .flatMap((file) =>
    [...readFileSync(path.join(APP, file), "utf8").matchAll(/^export (?:const|async function) (\w+)/gm)].map(
      ([, name]) => name!,
    ),
  );

interface Manifest {
  readonly node: Readonly<
    Record<string, { readonly exportedName?: string; readonly workers: Readonly<Record<string, unknown>> }>
  >;
}

test.describe("somebody else's id", () => {
  test.describe.configure({ mode: "serial", timeout: 300_000 });
  let foreign: Foreign;
  let owner: Account & { slug: string };
  /** What each walker's browser would send along. */
  const cookies = new Map<Walker, string>();

  const baseURL = process.env.KAPU_TEST_SHOP_URL ?? "";
  test.beforeAll(async ({ browser }) => {
    const page = await (await browser.newContext({ baseURL })).newPage();
    owner = await openMerchant(page);
    await signIn(page, owner, "merchant");
    await addProduct(page, owner.slug);
    await uploadAndPublish(page, "WALK-1\nWALK-2\nWALK-3\n");
    const buying = await browser.newContext({ baseURL });
    const bought = await buying.newPage();
    await order(bought, { locale: "en", slug: owner.slug, email: `${owner.slug}@buyers.example` });
    await payAtCashier(buying, bought);
    await expect(bought.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
    foreign = await idsOf(owner);
    cookies.set("nobody", "");
    for (const [walker, context] of [
      ["buyer", await somebodyElse(browser)],
      ["stranger", await strangerIn(browser)],
      ["admin", await adminIn(browser)],
    ] as const) {
      cookies.set(walker, (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; "));
      await context.close();
    }
    await page.context().close();
    await buying.close();
  });

  /** A request as a page of the shop would send it; nothing is followed. */
  const ask = (walker: Walker, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, baseURL), {
      redirect: "manual",
      ...init,
      headers: { cookie: cookies.get(walker) ?? "", origin: new URL(baseURL).origin, ...init.headers },
    });

  /** Somebody who bought something, of another merchant. */
  async function somebodyElse(browser: Browser): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL });
    await order(await context.newPage(), { locale: "en", slug: "starriver", email: "walker@example.com" });
    return context;
  }
  async function strangerIn(browser: Browser): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    await signIn(page, await openMerchant(page), "merchant");
    return context;
  }
  async function adminIn(browser: Browser): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL });
    await signIn(await context.newPage(), ADMIN, "admin");
    return context;
  }

  const idsOf = ({ slug, email }: { slug: string; email: string }): Promise<Foreign> =>
    behindTheShop(async (client) => {
      const { rows } = await client.query(
        `SELECT m.id AS merchant, p.id AS product, p.category_id AS category, v.id AS variant, b.id AS batch, o.id AS "order",
                o.card_ids[1] AS card, a.id AS attempt, y.id AS payment, u.id AS "user", s.id AS session, m.slug
           FROM merchant m JOIN product p ON p.merchant_id = m.id JOIN variant v ON v.product_id = p.id JOIN batch b ON b.variant_id = v.id
           JOIN orders o ON o.merchant_id = m.id JOIN payment_attempt a ON a.order_id = o.id JOIN payment y ON y.order_id = o.id
           JOIN app_user u ON u.email = $2 JOIN session s ON s.user_id = u.id
          WHERE m.slug = $1`,
        [slug, email],
      );
      return rows[0] as Foreign;
    });

  /** The owner's rows as they are now, in one line: whatever is done to any of them changes it. */
  const stateOf = (): Promise<string> =>
    behindTheShop(async (client) => {
      const { rows } = await client.query(
        `SELECT md5(string_agg(t.row, '|' ORDER BY t.row)) AS state FROM (
           SELECT p::text AS row FROM product p WHERE merchant_id = $1 UNION ALL
           SELECT v::text FROM variant v WHERE merchant_id = $1 UNION ALL
           SELECT b::text FROM batch b WHERE merchant_id = $1 UNION ALL
           SELECT c::text FROM card c WHERE merchant_id = $1 UNION ALL
           SELECT (o.id, o.status, o.exception, o.paid_minor, o.payment_count, o.card_ids)::text FROM orders o WHERE merchant_id = $1 UNION ALL
           SELECT u::text FROM app_user u WHERE merchant_id = $1 UNION ALL
           SELECT s::text FROM session s JOIN app_user u ON u.id = s.user_id AND u.merchant_id = $1 UNION ALL
           SELECT m::text FROM merchant m WHERE id = $1 UNION ALL
           SELECT a.id::text FROM payment_attempt a JOIN orders o ON o.id = a.order_id AND o.merchant_id = $1 UNION ALL
           SELECT r::text FROM refund r JOIN orders o ON o.id = r.order_id AND o.merchant_id = $1 UNION ALL
           SELECT r::text FROM reveal_record r JOIN orders o ON o.id = r.order_id AND o.merchant_id = $1) t`,
        [foreign.merchant],
      );
      return rows[0].state as string;
    });

  const outcomeOf = ({ status, headers }: Response): Outcome | string => {
    const to = headers.get("location") ?? "";
    if (status >= 300 && status < 400) return to.includes("/sign-in") ? "sign-in" : "elsewhere";
    if (status === 404) return "missing";
    return status === 200 ? "open" : `status ${status}`;
  };
  /** What only the owner and an admin may read. */
  const marks = () => [owner.email, `${owner.slug}@buyers.example`, "WALK-1", "WALK-2", "WALK-3"];

  test("every page, route and action is in the tables, and the tables name nothing that is gone", () => {
    expect(Object.keys(PAGES).sort()).toEqual(pagesOnDisk.sort());
    expect(Object.keys(ROUTES).sort()).toEqual([...routesOnDisk, ...laneOnDisk].sort());
    expect(Object.keys(ACTIONS).sort()).toEqual(actionsOnDisk.sort());
  });

  test("opens no page: the sign-in page for whoever has no account, 404 for whoever has another's", async () => {
    for (const [pattern, row] of Object.entries(PAGES)) {
      for (const walker of WALKERS) {
        const response = await ask(walker, `/en${row.at(foreign)}`);
        const text = await response.text();
        const told = walker === "admin" ? [] : marks().filter((mark) => text.includes(mark));
        expect([pattern, walker, outcomeOf(response), told]).toEqual([pattern, walker, row.outcomes[walker], []]);
      }
    }
  });

  test("gets nothing out of a route, and does nothing through it", async () => {
    const before = await stateOf();
    for (const [name, row] of Object.entries(ROUTES)) {
      if (row === "no id") continue;
      for (const [n, walker] of WALKERS.entries()) {
        // An admin may do what he does to anybody's; where he may not go is in the table of pages.
        if (walker === "admin" && !name.startsWith("GET ")) continue;
        const response = await send(walker, name, row);
        const text = await response.text();
        const told = walker === "admin" ? [] : marks().filter((mark) => text.includes(mark));
        expect([name, walker, response.status, told]).toEqual([name, walker, row.statuses[n], []]);
      }
    }
    expect(await stateOf()).toBe(before);
  });

  function send(walker: Walker, name: string, row: RouteRow): Promise<Response> {
    const body = row.form ? formOf(row.form(foreign)) : row.body;
    return ask(walker, row.at(foreign), {
      method: name.split(" ")[0],
      headers: { accept: "application/json", ...(row.body && { "content-type": "application/json" }) },
      body,
    });
  }
  function formOf(fields: Readonly<Record<string, string>>): FormData {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return form;
  }

  test("does nothing through a server action, called past its page", async () => {
    const before = await stateOf();
    const manifest = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")) as Manifest;
    for (const [name, row] of Object.entries(ACTIONS)) {
      if (row === "no id") continue;
      const [id, known] = Object.entries(manifest.node).find(([, { exportedName }]) => exportedName === name) ?? [];
      expect([name, id !== undefined]).toEqual([name, true]);
      for (const walker of ["nobody", "buyer", "stranger"] as const) {
        const heard = await call(walker, { id: id!, page: pageOf(known!.workers, walker), row });
        expect([name, walker, heard]).toEqual([name, walker, row.hears[walker]]);
      }
    }
    expect(await stateOf()).toBe(before);
  });

  /** A page that carries the action; one that the walker may open, if there is any: the answer is the same on all of them. */
  function pageOf(workers: Readonly<Record<string, unknown>>, walker: Walker): string {
    const patterns = Object.keys(workers).map((worker) => patternOf(worker.replace(/^app\//, "")));
    const isOpen = (pattern: string) => PAGES[pattern]?.outcomes[walker] === "open";
    const pattern = patterns.find(isOpen) ?? patterns[0] ?? "";
    return `/en${PAGES[pattern]?.at(foreign) ?? ""}`;
  }

  /** Calls an action as React does, without the page around it. */
  async function call(
    walker: Walker,
    { id, page, row }: { id: string; page: string; row: ActionRow },
  ): Promise<string> {
    const form = new FormData();
    form.append("1_locale", "en");
    for (const [name, value] of Object.entries(row.fields(foreign)))
      for (const one of [value].flat()) form.append(`1_${name}`, one as string);
    form.append("0", row.isPlain ? '["$K1"]' : '[null,"$K1"]');
    const headers = { "next-action": id, accept: "text/x-component" };
    const response = await ask(walker, page, { method: "POST", headers, body: form });
    if (response.headers.get("x-action-redirect") || response.status === 303) return "led on";
    const text = await response.text();
    const code = /"(?:code|outcome)":"([a-z_]+)"/.exec(text)?.[1];
    return code ?? (/"ok":true/.test(text) ? "ok" : `status ${response.status}: ${text.slice(0, 200)}`);
  }
});

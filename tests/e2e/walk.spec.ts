import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { addProduct, signIn, uploadAndPublish } from "../support/back-office";
import { type Account, behindTheShop, openMerchant } from "../support/behind-the-shop";
import { ACTIONS, type ActionRow } from "../support/walk-actions";
import { buyerOf, cookieOf, type Foreign, findForeign, makeStranger, stateOf } from "../support/walk-foreign";
import { patternOf } from "../support/walk-inventory";
import { type Outcome, PAGES, publicId, ROUTES, type RouteRow, WALKERS, type Walker } from "../support/walk-table";

/**
 * Every page, route and server action × everybody who might try × the ids of one merchant. A browser opens the shop that is tried; the
 * trying itself is requests as a browser sends them. That the tables name all that there is, is judged in tests/architecture.
 */
interface Manifest {
  readonly node: Readonly<
    Record<string, { readonly exportedName?: string; readonly workers: Readonly<Record<string, unknown>> }>
  >;
}

/** The owner, and somebody who signed in long ago and has shown nothing since. */
type Sender = Walker | "owner" | "owner long ago" | "admin long ago";

test.describe("somebody else's id", () => {
  test.describe.configure({ mode: "serial", timeout: 240_000 });
  const baseURL = process.env.KAPU_TEST_SHOP_URL ?? "";
  const cookies = new Map<Sender, string>([["nobody", ""]]);
  let owner: Account & { slug: string };
  let foreign: Foreign;
  let strangersKey = "";

  /** A request as a page of the shop would send it; nothing is followed. */
  const ask = (sender: Sender, address: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(address, baseURL), {
      redirect: "manual",
      ...init,
      headers: { cookie: cookies.get(sender) ?? "", origin: new URL(baseURL).origin, ...init.headers },
    });

  /** Orders as a program does, and answers the cookie of a browser that holds the order. */
  async function buy(variant: string, email: string): Promise<string> {
    const response = await ask("nobody", "/api/v1/orders", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `walk-${email}` },
      body: JSON.stringify({ variantId: variant, quantity: 1, email, gateway: "epay" }),
    });
    expect([response.status, variant]).toEqual([201, variant]);
    const { id, token } = await response.json();
    return `kapu_order_${id.slice(4)}=${token}`;
  }

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    owner = await openMerchant();
    await signIn(page, owner, "merchant");
    await addProduct(page, owner.slug);
    await uploadAndPublish(page, "WALK-1\nWALK-2\nWALK-3\nWALK-4\nWALK-5\nWALK-6\nWALK-7\nWALK-8\n");
    cookies.set("owner", (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; "));
    await context.close();
    const [own, other] = await behindTheShop(async (client) => {
      const { rows } = await client.query(
        `SELECT v.id FROM variant v JOIN merchant m ON m.id = v.merchant_id JOIN product p ON p.id = v.product_id AND p.slug IN ($1, 'starriver')
          ORDER BY m.slug = $1 DESC, v.position`,
        [owner.slug],
      );
      return rows.map(({ id }) => id as string);
    });
    await buy(own!, buyerOf(owner));
    cookies.set("buyer", await buy(other!, `walker-${owner.slug}@example.com`));
    await behindTheShop(async (client, keys) => {
      foreign = await findForeign(client, owner);
      const exports = path.join(process.env.KAPU_TEST_SHOP_DATA ?? "", "exports");
      mkdirSync(exports, { recursive: true });
      writeFileSync(path.join(exports, `${foreign.exportFile}.csv`), `"${buyerOf(owner)}"\r\n`);
      const stranger = await makeStranger(client);
      strangersKey = stranger.key;
      const { rows } = await client.query("SELECT id FROM app_user WHERE email = $1", [ADMIN.email]);
      for (const [sender, userId, minutesAgo] of [
        ["stranger", stranger.userId, 0],
        ["admin", rows[0].id, 0],
        ["owner long ago", foreign.user, 60],
        ["admin long ago", rows[0].id, 60],
      ] as const)
        cookies.set(sender, await cookieOf(client, keys, { userId, minutesAgo }));
    });
  });

  /** What has been done to the owner's things, once what the order itself sets off has come to rest. */
  const state = (): Promise<string> => behindTheShop((client) => stateOf(client, foreign));
  async function stateAtRest(): Promise<string> {
    let before = await state();
    await expect(async () => {
      const now = await state();
      const isAtRest = now === before;
      before = now;
      expect(isAtRest).toBe(true);
    }).toPass({ intervals: [1_500], timeout: 30_000 });
    return before;
  }

  /** What only the owner and an admin may read; what somebody named himself he may read again. */
  function toldTo(sender: Sender, address: string, text: string): readonly string[] {
    if (sender === "admin") return [];
    const card = publicId("crd", foreign.card);
    const marks = [owner.email, buyerOf(owner), foreign.orderNumber, card, "WALK-1", "WALK-2", "WALK-3"];
    return marks.filter((mark) => text.includes(mark) && !address.includes(mark));
  }

  const outcomeOf = ({ status, headers }: Response): Outcome | string => {
    const to = headers.get("location") ?? "";
    if (status >= 300 && status < 400) return to.includes("/sign-in") ? "sign-in" : "elsewhere";
    if (status === 404) return "missing";
    return status === 200 ? "open" : `status ${status}`;
  };

  test("opens no page: the sign-in page for whoever has no account, 404 for whoever has another's", async () => {
    for (const [pattern, row] of Object.entries(PAGES)) {
      const address = `/en${row.at(foreign)}`;
      const seen = await Promise.all(
        WALKERS.map(async (walker) => {
          const response = await ask(walker, address);
          return [walker, outcomeOf(response), toldTo(walker, address, await response.text())];
        }),
      );
      expect(seen, pattern).toEqual(WALKERS.map((walker) => [walker, row.outcomes[walker], []]));
      // The same address opens for its owner: what was missing was not a mistake in it.
      if (pattern.startsWith("/merchant") && row.outcomes.stranger === "missing")
        expect([pattern, outcomeOf(await ask("owner", address))]).toEqual([
          pattern,
          expect.stringMatching(/^(open|elsewhere)$/),
        ]);
    }
  });

  test("gets nothing out of a route, and does nothing through it", async () => {
    const before = await stateAtRest();
    for (const [name, row] of Object.entries(ROUTES)) {
      if (row === "for anybody") continue;
      // An admin may do what he does to anybody's; where he may not go is in the table of pages.
      const walkers = WALKERS.filter((walker) => walker !== "admin" || /^(GET|HEAD) /.test(name));
      const heard = await Promise.all(
        walkers.map(async (walker) => {
          const response = await send(walker, name, row);
          return [walker, response.status, toldTo(walker, row.at(foreign), await response.text())];
        }),
      );
      const expected = walkers.map((walker) => [walker, row.statuses[WALKERS.indexOf(walker)], []]);
      expect(heard, name).toEqual(expected);
    }
    expect(await state()).toBe(before);
    // What was missing is there for its owner.
    const own = await ask("owner", `/api/merchant/exports/${publicId("exp", foreign.exportFile)}`);
    expect([own.status, await own.text()]).toEqual([200, `"${buyerOf(owner)}"\r\n`]);
  });

  function send(sender: Sender, name: string, row: RouteRow): Promise<Response> {
    const body = row.form ? formOf(row.form(foreign)) : row.body;
    return ask(sender, row.at(foreign), {
      method: name.split(" ")[0],
      headers: {
        accept: "application/json",
        ...(row.body && { "content-type": row.body.startsWith("{") ? "application/json" : "application/octet-stream" }),
        ...(row.byKey && sender === "stranger" && { authorization: `Bearer ${strangersKey}` }),
        ...row.headers?.(foreign),
      },
      body,
    });
  }
  function formOf(fields: Readonly<Record<string, string>>): FormData {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return form;
  }

  test("does nothing through a server action, called past its page", async () => {
    const before = await stateAtRest();
    for (const [name, row] of Object.entries(ACTIONS)) {
      if (row === "for anybody") continue;
      const callers = Object.keys(row.hears) as (keyof typeof row.hears)[];
      const heard = await Promise.all(callers.map(async (caller) => [caller, await call(caller, name, row)]));
      expect(heard, name).toEqual(Object.entries(row.hears));
    }
    expect(await state()).toBe(before);
  });

  test("and what gives secrets, money or keys away asks once more who is there, also for what is one's own", async () => {
    const rows = Object.entries(ACTIONS).flatMap(([name, row]) =>
      row !== "for anybody" && row.asksAgain ? [{ name, row, sender: senderOf(row) }] : [],
    );
    for (const { name, row, sender } of rows) expect([name, await call(sender, name, row)]).toEqual([name, "step_up"]);
    for (const [name, row] of Object.entries(ROUTES)) {
      if (row === "for anybody" || !row.asksAgain) continue;
      const response = await send("owner long ago", name, row);
      expect([name, response.status, await response.json()]).toEqual([name, 403, { ok: false, code: "step_up" }]);
    }
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["requestExportAction", "createApiKeyAction", "addEndpointAction", "confirmRefundAction"]),
    );
  });

  /** Every name that the query of a page or a list is read by. */
  async function queryNames(): Promise<string[]> {
    const files = readdirSync("lib/features", { recursive: true, encoding: "utf8" }).filter((file) =>
      /schema\.ts$/.test(file),
    );
    const modules = await Promise.all(files.map((file) => import(path.resolve("lib/features", file))));
    const queries = modules.flatMap((module) => Object.entries<{ shape?: object }>(module.default ?? module));
    return [...new Set(queries.flatMap(([name, { shape }]) => (/Query$/.test(name) ? Object.keys(shape ?? {}) : [])))];
  }

  test("a NUL in an address or a form is not looked for and not taken: whoever sends it hears an answer", async () => {
    const names = await queryNames();
    expect(names).toEqual(expect.arrayContaining(["q", "status", "page", "after", "from", "account", "merchant"]));
    const amiss: unknown[] = [];
    const note = (name: string, sender: Sender, heard: string | number) => {
      if (/^(5|status 5|unexpected)/.test(String(heard))) amiss.push([name, sender, heard]);
    };
    const addresses = [
      ...Object.entries(PAGES).map(([name, row]) => [name, `/en${row.at(foreign)}`] as const),
      ...Object.entries(ROUTES).flatMap(([name, row]) =>
        row !== "for anybody" && name.startsWith("GET ") ? [[name, row.at(foreign)] as const] : [],
      ),
    ];
    for (const [name, address] of addresses)
      for (const sender of ["nobody", "owner", "admin"] as const) {
        const { pathname } = new URL(address, baseURL);
        const response = await ask(sender, `${pathname}?${names.map((one) => `${one}=a%00b`).join("&")}`);
        await response.text();
        note(name, sender, response.status);
      }
    for (const [name, row] of Object.entries(ACTIONS)) {
      // One that is sent nothing would do what it does.
      if (row === "for anybody" || Object.keys(row.fields(foreign)).length === 0) continue;
      const fields = (of: Foreign) =>
        Object.fromEntries(Object.entries(row.fields(of)).map(([field, value]) => [field, `${[value].flat()[0]}\0`]));
      for (const sender of ["stranger", "owner", "admin"] as const)
        note(name, sender, await call(sender, name, { ...row, fields }));
    }
    expect(amiss).toEqual([]);
  });

  const senderOf = (row: ActionRow): Sender => (row.asksAgain === "admin" ? "admin long ago" : "owner long ago");

  const manifest = (): Manifest => JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8"));
  const known = new Map<string, { id: string; page: string }>();

  /** An action's id in this build, and a page that carries it: asked of any other, it would be sent on to one. */
  function findAction(name: string): { id: string; page: string } {
    if (known.size === 0)
      for (const [id, { exportedName = "", workers }] of Object.entries(manifest().node)) {
        const [pattern = ""] = Object.keys(workers).map((worker) => patternOf(worker.replace(/^app\//, "")));
        known.set(exportedName, { id, page: `/en${PAGES[pattern]?.at(foreign) ?? ""}` });
      }
    const found = known.get(name);
    if (!found) throw new Error(`${name} is in no page of this build: nothing calls it`);
    return found;
  }

  /** Calls an action as React does, without the page around it. */
  async function call(sender: Sender, name: string, row: ActionRow): Promise<string> {
    const { id, page } = findAction(name);
    const form = new FormData();
    form.append("_1_locale", "en");
    for (const [field, value] of Object.entries(row.fields(foreign)))
      for (const one of [value].flat()) form.append(`_1_${field}`, one as string);
    form.append("0", row.isPlain ? '["$K1"]' : '[null,"$K1"]');
    const headers = { "next-action": id, accept: "text/x-component" };
    const response = await ask(sender, page, { method: "POST", headers, body: form });
    if (response.headers.get("x-action-redirect") || response.status === 303) return "led on";
    const text = await response.text();
    const code = /^[0-9a-f]+:\{(?:"ok":false,)?"(?:code|outcome)":"([a-z_]+)"/m.exec(text)?.[1];
    return code ?? (/^[0-9a-f]+:\{"ok":true/m.test(text) ? "ok" : `status ${response.status}: ${text.slice(0, 200)}`);
  }
});

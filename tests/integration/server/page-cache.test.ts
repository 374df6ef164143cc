import type { IncomingMessage, ServerResponse } from "node:http";
import { limits } from "@/lib/kernel/limits";
import { send } from "../../support/api-client";
import { setBounds } from "../../support/bounds";
import { openLane, type TestLane } from "../../support/lane";
import { openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

/** Stands where Next stands: says what it was asked with, and counts. */
const next = {
  renders: 0,
  seen: [] as Record<string, unknown>[],
  answer: (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(`<html><script>let page=${next.renders}</script><p>${next.renders}</p></html>`);
  },
};
const usual = next.answer;
const pages = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  next.renders++;
  next.seen.push({ url: request.url, ...request.headers });
  next.answer(request, response);
};

let shop: TestShop;
let lane: TestLane;
let putBoundsBack: () => void;

test.beforeAll(async ({ database }) => {
  putBoundsBack = setBounds({ pageVersionReadMs: 100 });
  shop = await openShop(database);
  lane = await openLane(shop.deps, pages);
});
test.beforeEach(async () => {
  next.answer = usual;
  next.seen.length = 0;
  // A page that an earlier test had kept is another version's.
  await raise("catalog");
});
test.afterAll(async () => {
  await lane.close();
  await shop.close();
  putBoundsBack();
});

async function raise(name: "catalog" | "stock_band"): Promise<void> {
  await shop.rows("UPDATE page_version SET version = version + 1 WHERE name = $1", [name]);
  await new Promise((resolve) => setTimeout(resolve, limits.pageVersionReadMs + 50));
}
const get = (path: string, headers: Record<string, string> = {}) => send(`${lane.url}${path}`, { headers });
const rendersDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const before = next.renders;
  await work();
  return next.renders - before;
};

describe("a public page", () => {
  test("is rendered once, for many who miss it at the same moment and for all who come later", async () => {
    const renders = await rendersDuring(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => get("/zh")));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      await get("/zh");
    });
    expect(renders).toBe(1);
  });

  test.each(["catalog", "stock_band"] as const)(
    "is rendered again when the %s version was raised, by whatever process",
    async (name) => {
      const first = await get("/en");
      await raise(name);
      expect((await get("/en")).text).not.toBe(first.text);
    },
  );

  test("is not rendered again by a sale that leaves the band as it is", async () => {
    const { refreshStockBands } = await import("@/lib/flows/refresh-stock-bands");
    const { variantId } = await shop.stock({ cards: 40 });
    await refreshStockBands(shop.deps);
    await raise("catalog");
    const first = await get("/zh");
    await shop.place(variantId);
    await refreshStockBands(shop.deps);
    await new Promise((resolve) => setTimeout(resolve, limits.pageVersionReadMs + 50));
    expect((await get("/zh")).text).toBe(first.text);
  });

  test("is rendered from nothing that the visitor sent", async () => {
    await get("/zh", {
      "accept-language": "fr",
      "user-agent": "visitor",
      "x-forwarded-host": "evil.example",
      "x-kapu-peer": "forged",
      "content-security-policy": "script-src 'nonce-evil'",
      host: "evil.example",
    });
    const seen = JSON.stringify(next.seen);
    expect(seen).not.toMatch(/evil|visitor|forged|"fr"/);
    expect(next.seen[0]).toMatchObject({ url: "/zh", host: new URL(shop.deps.env.publicUrl).host });
  });

  test("names its inline scripts by their hashes, so that no nonce is used twice", async () => {
    const { headers } = await get("/zh");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'/);
    expect(policy).not.toMatch(/nonce|unsafe-inline'[^;]*script/);
  });

  test("is sent compressed to whoever takes that, and 304 to whoever has it", async () => {
    const plain = await get("/zh", { "accept-encoding": "identity" });
    const raw = await fetch(`${lane.url}/zh`, { headers: { "accept-encoding": "gzip" } });
    expect(raw.headers.get("content-encoding")).toBe("gzip");
    expect(await raw.text()).toBe(plain.text);
    const etag = plain.headers.get("etag") ?? "";
    const again = await get("/zh", { "accept-encoding": "identity", "if-none-match": etag });
    expect(again).toMatchObject({ status: 304, text: "" });
  });

  test("answers HEAD from the same kept page", async () => {
    const renders = await rendersDuring(async () => {
      await get("/zh");
      const head = await send(`${lane.url}/zh`, { method: "HEAD" });
      expect(head).toMatchObject({ status: 200, text: "" });
    });
    expect(renders).toBe(1);
  });
});

describe("never kept", () => {
  test.each([
    ["with a cookie", "/zh", { cookie: "theme=dark" }],
    ["with credentials", "/zh", { authorization: "Basic eDp5" }],
    ["for a React payload", "/zh", { rsc: "1" }],
    ["for a search", "/zh?q=steam", {}],
    ["for an order", "/zh/orders/ord_1", {}],
  ])("a request %s goes to Next each time, with a nonce of its own", async (_, path, headers) => {
    const answers: string[] = [];
    const renders = await rendersDuring(async () => {
      for (let turn = 0; turn < 2; turn++) {
        answers.push((await get(path, headers as Record<string, string>)).headers.get("content-security-policy") ?? "");
      }
    });
    expect(renders).toBe(2);
    expect(answers[0]).toMatch(/'nonce-[^']{20,}'/);
    expect(answers[0]).not.toBe(answers[1]);
    expect(next.seen[1]?.["content-security-policy"]).toBe(answers[1]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    [
      "sets a cookie",
      (response) => response.writeHead(200, { "Content-Type": "text/html", "Set-Cookie": "a=b" }).end("<p>"),
    ],
    ["is not 200", (response) => response.writeHead(404, { "Content-Type": "text/html" }).end("<p>")],
    ["is not a page", (response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{}")],
    [
      "is too large",
      (response) =>
        response.writeHead(200, { "Content-Type": "text/html" }).end("x".repeat(limits.pageCacheBytesPerEntryMax + 1)),
    ],
  ])("an answer that %s", async (_, answer) => {
    next.answer = (_request, response) => answer(response);
    await get("/en");
    const renders = await rendersDuring(() => get("/en"));
    expect(renders).toBeGreaterThan(0);
  });

  test("a rendering that fails: the visitor is sent to Next itself", async () => {
    let failures = 1;
    next.answer = (request, response) => {
      if (failures-- > 0) throw new Error("once");
      usual(request, response);
    };
    expect((await get("/en")).status).toBe(200);
  });
});

test("a page that fails on its way answers 500 and tells nothing", async () => {
  next.answer = () => {
    throw new Error("secret detail");
  };
  const answer = await get("/zh/lookup");
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("secret detail");
});

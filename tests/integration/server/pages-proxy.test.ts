import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPagesProxy } from "@/server/pages-proxy";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

describe("the way to the process of the pages", () => {
  let folder: string;
  let front: Server;
  let behind: Server | null;
  let url: string;

  beforeEach(async () => {
    folder = makeTemporaryFolder("proxy");
    behind = null;
    const proxy = createPagesProxy(path.join(folder, "socket"));
    front = createServer((asked, response) => {
      response.setHeader("X-Of-The-Lane", "stays");
      proxy(asked, response).catch(() => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(front, "listening");
    url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const server of [front, behind]) {
      server?.closeAllConnections();
      server?.close();
    }
    removeFolder(folder);
  });

  async function pagesAnswer(listener: RequestListener): Promise<void> {
    behind = createServer(listener).listen(path.join(folder, "socket"));
    await once(behind, "listening");
  }

  test("carries method, address, headers and body there, and status, every cookie and body back", async () => {
    let asked: IncomingMessage | undefined;
    await pagesAnswer(async (arrived, response) => {
      asked = arrived;
      const body = (await arrived.toArray()).join("");
      response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; HttpOnly"]);
      response.writeHead(418, { "X-Of-The-Page": "comes" }).end(`heard ${body}`);
    });
    const headers = { host: "shop.example", "content-type": "text/plain", "x-mine": "kept", connection: "close" };
    const sent = request(`${url}/zh/a%20b?q=%E5%8D%A1`, { method: "POST", headers });
    sent.end("卡铺");
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect((await answer.toArray()).join("")).toBe("heard 卡铺");
    expect(answer.statusCode).toBe(418);
    expect(answer.headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
    expect(answer.headers).toMatchObject({ "x-of-the-page": "comes", "x-of-the-lane": "stays" });
    expect(asked?.method).toBe("POST");
    expect(asked?.url).toBe("/zh/a%20b?q=%E5%8D%A1");
    expect(asked?.headers).toMatchObject({ host: "shop.example", "x-mine": "kept" });
  });

  test("hands on a page piece by piece, as it comes", async () => {
    let goOn: () => void = () => {};
    await pagesAnswer(async (_, response) => {
      response.write("first");
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      response.end("last");
    });
    const pieces: string[] = [];
    const answer = await fetch(url);
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
      pieces.push(Buffer.from(piece).toString());
      goOn();
    }
    expect(pieces).toEqual(["first", "last"]);
  });

  test("tells the page when its visitor has left, and when an upload broke off", async () => {
    const broken: string[] = [];
    await pagesAnswer((arrived, response) => {
      arrived.on("error", () => broken.push(`upload ${arrived.url}`));
      response.on("close", () => broken.push(`answer ${arrived.url}`));
      arrived.resume();
    });
    const upload = request(`${url}/upload`, { method: "POST" });
    upload.on("error", () => {});
    upload.write("half a line");
    const visit = request(`${url}/visit`);
    visit.on("error", () => {});
    visit.end();
    await once(behind as Server, "request");
    await expect.poll(() => behind && openRequests(behind)).toBe(2);
    upload.destroy();
    visit.destroy();
    await expect.poll(() => broken.sort()).toEqual(["answer /upload", "answer /visit", "upload /upload"]);
  });

  test("a page that breaks off in the middle is a broken answer, never one that looks whole", async () => {
    await pagesAnswer((_, response) => {
      response.write("half a page", () => response.destroy());
    });
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  });

  test("nobody there: 503, and when to ask again", async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("2");
  });
});

/** How many connections to the pages are open. */
const openRequests = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, count) => resolve(count)));

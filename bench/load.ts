import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import autocannon, { type Request } from "autocannon";
import { noticeOf } from "./notice";

/** What each connection does again and again. */
export type Work =
  /** A buyer's order, with a key and an e-mail address of its own, to whatever address. */
  | { readonly kind: "order"; readonly path: string; readonly body: Readonly<Record<string, unknown>> }
  /** Each line of a file is an address, asked for once. */
  | { readonly kind: "addresses"; readonly file: string }
  /** The same page again and again; with a cookie it is nobody else's. */
  | { readonly kind: "page"; readonly path: string; readonly cookie?: string }
  /** Orders, is paid for by a signed notice, and reveals: a sale from the button to the card. */
  | {
      readonly kind: "sale";
      readonly body: Readonly<Record<string, unknown>>;
      readonly key: string;
    };

/** What the generator is told, as JSON on its command line. */
export interface LoadOrder {
  readonly url: string;
  readonly inFlight: number;
  readonly seconds: number;
  readonly work: Work;
  /** Requests per second that are sent whatever the answers take; without it, each connection asks when it was answered. */
  readonly rate?: number;
}

export interface LoadReport {
  readonly done: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function orderRequest(path: string, body: Readonly<Record<string, unknown>>): Request {
  return {
    method: "POST",
    path,
    setupRequest(request) {
      const key = randomBytes(12).toString("hex");
      request.headers = { "content-type": "application/json", "idempotency-key": key };
      request.body = JSON.stringify({ ...body, email: `${key}@example.com` });
      return request;
    },
  };
}

function addressRequest(file: string): Request {
  const addresses = readFileSync(file, "utf8").trimEnd().split("\n");
  let next = 0;
  return {
    method: "GET",
    setupRequest: (request) => ({ ...request, path: addresses[next++] ?? "/none-left" }),
  };
}

interface Sale {
  id?: string;
  token?: string;
  paymentUrl?: string;
}

function saleRequests(work: Extract<Work, { kind: "sale" }>, onRevealed: () => void): Request[] {
  const order: Request = {
    ...orderRequest("/api/v1/orders", work.body),
    onResponse(status, body, sale: Sale) {
      if (status !== 201) return;
      const { id, token, payment } = JSON.parse(body) as { id: string; token: string; payment: { url: string } };
      Object.assign(sale, { id, token, paymentUrl: payment.url });
    },
  };
  const notice: Request = {
    method: "GET",
    setupRequest: (request, { paymentUrl }: Sale) =>
      paymentUrl ? { ...request, path: noticeOf(paymentUrl, work.key) } : null,
  };
  const reveal: Request = {
    method: "POST",
    setupRequest: (request, { id, token }: Sale) =>
      id
        ? { ...request, path: `/api/v1/orders/${id}/reveal`, headers: { authorization: `Bearer ${token}` }, body: "" }
        : null,
    onResponse: (status) => {
      if (status === 200) onRevealed();
    },
  };
  return [order, notice, reveal];
}

function requestsOf(work: Work, onRevealed: () => void): Request[] {
  switch (work.kind) {
    case "order":
      return [orderRequest(work.path, work.body)];
    case "addresses":
      return [addressRequest(work.file)];
    case "page":
      return [{ method: "GET", path: work.path, headers: work.cookie ? { cookie: work.cookie } : {} }];
    case "sale":
      return saleRequests(work, onRevealed);
  }
}

/** The load generator, in a process of its own so that it does not share the server's event loop. */
async function runLoad({ url, inFlight, seconds, work, rate }: LoadOrder): Promise<LoadReport> {
  let revealed = 0;
  const result = await autocannon({
    url,
    connections: inFlight,
    duration: seconds,
    timeout: 30,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: requestsOf(work, () => {
      revealed++;
    }),
  });
  const done = work.kind === "sale" ? revealed : result["2xx"];
  return {
    done,
    failed: result.non2xx + result.errors + result.timeouts,
    perSecond: done / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

process.stdout.write(JSON.stringify(await runLoad(JSON.parse(process.argv[2] ?? ""))));

import { randomBytes } from "node:crypto";
import autocannon from "autocannon";

/** What the generator is told, as JSON on its command line. */
export interface LoadOrder {
  readonly url: string;
  readonly path: string;
  readonly inFlight: number;
  readonly seconds: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface LoadReport {
  readonly done: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * The load generator, in a process of its own so that it does not share the server's event loop. Every endpoint gets the same
 * bytes: a buyer's order with a key and an e-mail address of its own.
 */
async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const result = await autocannon({
    url: order.url,
    connections: order.inFlight,
    duration: order.seconds,
    timeout: 30,
    requests: [
      {
        method: "POST",
        path: order.path,
        setupRequest(request) {
          const key = randomBytes(12).toString("hex");
          request.headers = { "content-type": "application/json", "idempotency-key": key };
          request.body = JSON.stringify({ ...order.body, email: `${key}@example.com` });
          return request;
        },
      },
    ],
  });
  return {
    done: result["2xx"],
    failed: result.non2xx + result.errors + result.timeouts,
    perSecond: result["2xx"] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

process.stdout.write(JSON.stringify(await runLoad(JSON.parse(process.argv[2] ?? ""))));

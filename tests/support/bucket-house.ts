import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const CREDENTIAL =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

export interface BucketHouse {
  readonly url: string;
  readonly objects: Map<string, { readonly body: Buffer; readonly type: string }>;
  /** What it answers to the next requests in place of its work. */
  readonly failures: number[];
  close(): Promise<void>;
}

/** A store that speaks S3 as far as a shop asks: it knows one key, and judges each signature by the standard (Signature Version 4) itself. */
export async function openBucketHouse({
  keyId,
  secret,
  region,
}: {
  keyId: string;
  secret: string;
  region: string;
}): Promise<BucketHouse> {
  const objects: BucketHouse["objects"] = new Map();
  const failures: number[] = [];

  const isSigned = (request: IncomingMessage, body: Buffer): boolean => {
    const [, id, day = "", place, names = "", signature = ""] =
      CREDENTIAL.exec(request.headers.authorization ?? "") ?? [];
    const { "x-amz-date": at = "", "x-amz-content-sha256": sum } = request.headers;
    if (id !== keyId || place !== region || sum !== sha256(body) || !String(at).startsWith(day)) return false;
    const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
    const canonical = [request.method, request.url, "", headers.join(""), names, sum].join("\n");
    const scope = `${day}/${region}/s3/aws4_request`;
    const key = [region, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, day));
    const expected = hmac(key, ["AWS4-HMAC-SHA256", at, scope, sha256(canonical)].join("\n"));
    return timingSafeEqual(expected, Buffer.from(signature, "hex"));
  };

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const failure = failures.shift();
    if (failure) return void response.writeHead(failure).end();
    if (!isSigned(request, body)) return void response.writeHead(403).end("<Code>SignatureDoesNotMatch</Code>");
    const name = request.url ?? "";
    if (request.method === "PUT") {
      objects.set(name, { body, type: request.headers["content-type"] ?? "" });
      return void response.writeHead(200).end();
    }
    const object = objects.get(name);
    if (object) response.writeHead(200, { "content-type": object.type }).end(object.body);
    else response.writeHead(404).end("<Code>NoSuchKey</Code>");
  }

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    answer(request, Buffer.concat(parts), response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop`,
    objects,
    failures,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

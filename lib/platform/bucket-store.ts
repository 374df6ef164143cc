import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";

/** A bucket of any store that speaks S3: its own address, the bucket's name in it, and a key that may read, write and list. */
export interface BucketSettings {
  readonly url: string;
  readonly region: string;
  readonly keyId: string;
  readonly secret: Secret;
}

/** Pictures never change under their name: whoever stands between may keep them. */
const KEPT = { "Content-Type": "image/webp", "Cache-Control": "public, max-age=31536000, immutable" };

/** Reads and writes objects of a bucket, each request signed with its body (Signature Version 4); nothing that redirects is followed. */
export function bucketStore({ url, region, keyId, secret }: BucketSettings) {
  const client = new AwsClient({
    accessKeyId: keyId,
    secretAccessKey: secret.reveal(),
    service: "s3",
    region,
    retries: limits.bucketRetries,
  });
  const ask = async (method: "GET" | "PUT", key: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const sum = createHash("sha256")
      .update(body ?? "")
      .digest("hex");
    return client.fetch(`${url}/${key}`, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(limits.bucketTimeoutMs),
      headers: { "X-Amz-Content-Sha256": sum, ...(body && KEPT) },
      ...(body && { body }),
    });
  };
  return {
    async put(key: string, bytes: Uint8Array): Promise<void> {
      const reply = await ask("PUT", key, new Uint8Array(bytes));
      await reply.arrayBuffer();
      if (!reply.ok) throw new Error(`the bucket answered ${reply.status} to a picture`);
    },
    /** Null where there is no such object. */
    async read(key: string): Promise<Buffer<ArrayBuffer> | null> {
      const reply = await ask("GET", key);
      if (reply.status === 200 && reply.body) return readBounded(reply.body);
      await reply.body?.cancel();
      if (reply.status === 404) return null;
      throw new Error(`the bucket answered ${reply.status} for a picture`);
    },
  };
}

/** What is larger than any picture is none of ours, and is not held whole, whatever it says of its size. */
async function readBounded(body: ReadableStream<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > limits.pictureBytesMax) throw new Error("the bucket answered more bytes than a picture has");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

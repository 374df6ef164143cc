import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { BillRefusal } from "../port";
import { send, type Transport } from "../transport";
import { callWechat, isRefusal, isYes, reasonOf, signedHeaders } from "./call";
import type { WechatConfig } from "./settings";

const Bill = z.looseObject({
  hash_type: z.literal("SHA1"),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.string().max(4_096),
});
const FILE_HOST = /(^|\.)mch\.weixin\.qq\.com$/;

/**
 * The trades and refunds of one day (Shanghai's), as WeChat Pay packs them the next morning: gzip of UTF-8 lines. The file's own
 * reply is unsigned; what vouches for it is the SHA-1 of its unpacked bytes in the signed reply before it.
 */
export async function fetchBill(
  day: string,
  config: WechatConfig,
  transport: Transport,
): Promise<Result<Buffer, BillRefusal>> {
  assert(/^\d{4}-\d\d-\d\d$/.test(day), "a day is yyyy-mm-dd");
  const path = `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`;
  const reply = await callWechat({ method: "GET", path }, config, transport);
  if (!reply.ok) return reply;
  if (/^(NO_STATEMENT_EXIST|STATEMENT_CREATING)$/.test(reply.value.code)) return err("no_bill");
  if (!isYes(reply.value)) return err(isRefusal(reply.value) ? "refused" : reasonOf(reply.value));
  const bill = Bill.safeParse(reply.value.fields);
  const url = bill.success ? fileUrl(bill.data.download_url, config.endpoint) : null;
  if (!bill.success || !url) return err("unreadable");
  const file = await download(url, config, transport);
  if (!file.ok) return file;
  return (await sha1OfContent(file.value)) === bill.data.hash_value.toLowerCase() ? file : err("corrupt");
}

function fileUrl(text: string, endpoint: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isTheirs = url.protocol === "https:" && url.port === "" && FILE_HOST.test(url.hostname);
  return isTheirs || url.origin === new URL(endpoint).origin ? url : null;
}

async function download(url: URL, config: WechatConfig, transport: Transport): Promise<Result<Buffer, BillRefusal>> {
  const patient = { ...transport, timeoutMs: transport.timeoutMs ?? limits.billTimeoutMs };
  const headers = signedHeaders({ method: "GET", path: `${url.pathname}${url.search}`, body: "" }, config, transport);
  const request = { url: url.href, headers: { ...headers, accept: "*/*" }, bytesMax: limits.billBytesMax };
  const file = await send(patient, request);
  if (!file.ok) return file;
  return file.value.status === 200 ? ok(file.value.body) : err("http_status");
}

/** SHA-1 of what is inside, without ever holding it; null when it cannot be unpacked, or unpacks without end. */
async function sha1OfContent(file: Buffer): Promise<string | null> {
  const hash = createHash("sha1");
  const isPacked = file[0] === 0x1f && file[1] === 0x8b;
  if (!isPacked) return hash.update(file).digest("hex");
  let bytes = 0;
  try {
    await pipeline(Readable.from([file]), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > limits.billUnpackedBytesMax) throw new Error("the bill is too large");
        hash.update(chunk);
      }
    });
    return hash.digest("hex");
  } catch {
    return null;
  }
}

import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { BillRefusal } from "../port";
import { send, type Transport } from "../transport";
import { callAlipay, isRefusal, reasonOf } from "./call";
import type { AlipayConfig } from "./settings";

/** Where Alipay keeps its files; what a reply says is never followed elsewhere. */
const FILE_HOST = /(^|\.)(alipay|alipaydev)\.com$/;

/**
 * The trades of one day (Shanghai's), as the ZIP of GBK tables that Alipay makes the next morning. Its address is good for half
 * a minute and is signed by Alipay with the reply; the file itself is not signed, hence https and Alipay's own hosts only.
 */
export async function fetchBill(
  day: string,
  config: AlipayConfig,
  transport: Transport,
): Promise<Result<Buffer, BillRefusal>> {
  assert(/^\d{4}-\d\d-\d\d$/.test(day), "a day is yyyy-mm-dd");
  const request = {
    method: "alipay.data.dataservice.bill.downloadurl.query",
    content: { bill_type: "trade", bill_date: day },
  };
  const reply = await callAlipay(request, config, transport);
  if (!reply.ok) return reply;
  if (/bill_not_exist/i.test(reply.value.subCode)) return err("no_bill");
  if (reply.value.code !== "10000") return err(isRefusal(reply.value) ? "refused" : reasonOf(reply.value));
  const url = fileUrl(reply.value.fields.bill_download_url, config.endpoint);
  return url ? download(url, transport) : err("unreadable");
}

function fileUrl(text: unknown, endpoint: string): URL | null {
  if (typeof text !== "string" || text.length > 4_096 || !URL.canParse(text)) return null;
  const [url, home] = [new URL(text), new URL(endpoint)];
  const isHome = url.origin === home.origin;
  return isHome || (url.protocol === "https:" && url.port === "" && FILE_HOST.test(url.hostname)) ? url : null;
}

async function download(url: URL, transport: Transport): Promise<Result<Buffer, BillRefusal>> {
  const patient = { ...transport, timeoutMs: transport.timeoutMs ?? limits.billTimeoutMs };
  const file = await send(patient, { url: url.href, headers: { accept: "*/*" }, bytesMax: limits.billBytesMax });
  if (!file.ok) return file;
  if (file.value.status !== 200) return err("http_status");
  // An error page instead of a ZIP would otherwise be read as an empty day.
  return file.value.body.subarray(0, 2).toString("latin1") === "PK" ? ok(file.value.body) : err("corrupt");
}

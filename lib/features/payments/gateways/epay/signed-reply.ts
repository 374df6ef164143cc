import { unknown } from "../answers";
import { parseJson, rawMembers } from "../json-members";
import type { Pair, UnknownReason } from "../port";
import { isSignedByRsa } from "../rsa";
import { isSignedNow } from "../signed-time";
import { send, type Transport } from "../transport";
import { canonicalText } from "./codec";
import type { EpayConfig } from "./settings";
import { signedPairs } from "./signing";

/**
 * What an EPay v2 server said.
 * - said: rightly signed, just now, and of this account; `rows` is outside the signature
 * - refused: an error, which the server never signs; it moves no money, and its words are a hint
 */
export type SignedReply =
  | { readonly state: "said"; readonly fields: ReadonlyMap<string, string>; readonly rows: unknown }
  | { readonly state: "refused"; readonly code: string; readonly message: string; readonly reason: UnknownReason }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** Posts one signed request and believes the reply only when the platform signed it. Never throws for what the other side does. */
export async function askSigned(
  path: `/api/${string}`,
  pairs: readonly Pair[],
  config: EpayConfig,
  transport: Transport,
): Promise<SignedReply> {
  const now = transport.now();
  const request: Pair[] = [["pid", config.pid], ...pairs, ["timestamp", String(Math.floor(now / 1000))]];
  const body = new URLSearchParams(signedPairs(request, config).map(([name, value]) => [name, value])).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const reply = await send(transport, { url: `${config.baseUrl}${path}`, method: "POST", headers, body });
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status !== 200) return unknown("http_status");
  return readSignedReply(reply.value.body.toString("utf8"), config, transport.now());
}

/** Judges the text of a reply. Pure, and a value for every text. */
export function readSignedReply(text: string, config: Pick<EpayConfig, "pid" | "signing">, now: number): SignedReply {
  const members = rawMembers(text.replace(/^\uFEFF/, ""));
  if (!members) return unknown("unreadable");
  const pairs = [...members].flatMap(([name, raw]): Pair[] => {
    const printed = asPrinted(raw);
    return printed === null ? [] : [[name, printed]];
  });
  const fields = new Map(pairs);
  const code = fields.get("code");
  if (code === undefined || code.length > 16) return unknown("unreadable");
  if (code !== "0") return refusal(code, fields.get("msg") ?? "");
  const { signing } = config;
  if (signing.mode !== "RSA" || !isSignedByRsa(canonicalText(pairs), fields.get("sign") ?? "", signing.platformKey))
    return unknown("bad_signature");
  if (!isSignedNow(fields.get("timestamp"), now)) return unknown("stale");
  const pid = fields.get("pid") ?? fields.get("uid");
  if (pid !== undefined && pid !== config.pid) return unknown("other_account");
  return { state: "said", fields, rows: parseJson(members.get("data") ?? "null") };
}

/** As PHP prints a member into what it signs, numbers digit for digit; null for what it leaves out: lists, objects, null. */
function asPrinted(raw: string): string | null {
  if (raw.startsWith('"')) return String(parseJson(raw));
  if (/^[-0-9]/.test(raw)) return raw;
  return raw === "true" ? "1" : raw === "false" ? "" : null;
}

function refusal(code: string, msg: string): SignedReply {
  const message = msg.slice(0, 200);
  const isOurTime = /timestamp|时间戳/.test(message);
  const isOurKey = code === "-3" || /签名|密钥|公钥|商户.{0,4}不存在/.test(message);
  return {
    state: "refused",
    code,
    message,
    reason: isOurTime ? "stale" : isOurKey ? "credentials_refused" : "gateway_busy",
  };
}

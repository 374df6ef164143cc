import { ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "./json-members";
import { type GatewayRequest, send, type Transport, type TransportFailure } from "./transport";

export interface JsonReply {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

/** One question whose reply ought to be JSON, whatever type it says it has. */
export async function askJson(
  transport: Pick<Transport, "fetch" | "timeoutMs">,
  request: GatewayRequest,
): Promise<Result<JsonReply, TransportFailure>> {
  const reply = await send(transport, request);
  return reply.ok
    ? ok({ status: reply.value.status, json: parseJson(reply.value.body.toString("utf8").replace(/^\uFEFF/, "")) })
    : reply;
}

/** A JSON body as it was signed, letter for letter. */
export const jsonPost = (url: string, body: string): GatewayRequest => ({
  url,
  method: "POST",
  headers: { "content-type": "application/json" },
  body,
});

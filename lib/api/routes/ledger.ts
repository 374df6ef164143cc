import { keyIdOf } from "@/lib/features/ledger/hashes";
import { findLatestHead, listHeads } from "@/lib/features/ledger/heads";
import { HeadsQuery, LEDGER_FORMAT, toHeadView } from "@/lib/features/ledger/schema";
import { ledgerKeyOf } from "@/lib/features/ledger/seal";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, jsonReply, send } from "../http";
import { invalidBody } from "../problem";
import type { Route } from "../route";

/** Anyone may keep these; a middleman may answer with them for some seconds, as they only ever grow. */
const PUBLIC = {
  "Cache-Control": "public, max-age=5",
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

async function latest(c: ApiContext, deps: Deps): Promise<Response> {
  const publicKey = ledgerKeyOf(deps).publicKey.toString("hex");
  const head = await findLatestHead(deps);
  const view = { format: LEDGER_FORMAT, publicKey, keyId: keyIdOf(publicKey), head: head && toHeadView(head) };
  return send(c, jsonReply(200, view, PUBLIC));
}

async function list(c: ApiContext, deps: Deps): Promise<Response> {
  const raw = c.req.query();
  const query = HeadsQuery.safeParse(raw);
  if (!query.success) return send(c, invalidBody(query.error, raw));
  const { after = 0, limit = limits.ledgerHeadsPerPage } = query.data;
  const heads = await listHeads(deps, { after: BigInt(after), limit });
  const items = heads.map(toHeadView);
  const nextAfter = items.length === limit ? (items.at(-1)?.number ?? null) : null;
  return send(c, jsonReply(200, { items, nextAfter }, PUBLIC));
}

export const ledgerRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/ledger", answer: latest },
  { method: "GET", path: "/api/v1/ledger/blocks", answer: list },
];

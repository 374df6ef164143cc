import { hashAddress } from "@/lib/entry/client-address";
import { revealOrder } from "@/lib/flows/reveal-order";
import type { Deps } from "@/lib/platform/deps";
import { ignoreBody } from "../body";
import { findOrderOfRequest } from "../credentials";
import { type ApiContext, header, jsonReply, type Reply, send } from "../http";
import { type ProblemCode, problem } from "../problem";
import { refusalPage, secretsPage } from "../reveal-page";
import type { Route } from "../route";
import { addressOf } from "../sender";

/** A form's request asks for a page; a program asks for JSON, or does not say. */
const wantsPage = (c: ApiContext): boolean => (header(c, "accept") ?? "").includes("text/html");

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const body = await ignoreBody(c);
  if (!body.ok) return send(c, body.error);
  const isPage = wantsPage(c);
  const order = await findOrderOfRequest(c, deps);
  const refuse = (code: ProblemCode): Reply => (isPage ? refusalPage(code, order) : problem(code));
  if (!order) return send(c, refuse("not_found"));
  const revealed = await revealOrder(deps, {
    orderId: order.id,
    actor: { kind: "buyer" },
    cardCount: order.quantity,
    addressHash: hashAddress(deps.keys, addressOf(c, deps)),
    userAgent: header(c, "user-agent"),
  });
  if (!revealed.ok) return send(c, refuse(revealed.error));
  const { secrets, replaced } = revealed.value;
  if (isPage) return send(c, secretsPage(order, secrets, replaced));
  const old = replaced.map(({ position, text }) => ({ position, secret: text.reveal() }));
  return send(
    c,
    jsonReply(200, { secrets: secrets.map(({ text }) => text.reveal()), ...(old.length > 0 && { replaced: old }) }),
  );
}

export const revealRoutes: readonly Route[] = [{ method: "POST", path: "/api/v1/orders/:id/reveal", answer }];

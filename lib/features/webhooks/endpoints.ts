import { createHmac } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { ownedBy, type Proven, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Keys } from "@/lib/platform/crypto";
import { type Db, inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isCallable, PING } from "./rules";
import type { EndpointForm } from "./schema";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

export type EndpointRefusal = "url_malformed" | "too_many_endpoints" | "not_found";

/** An address's secret of a number: 256 bits, as Standard Webhooks writes them; the same each time, so that none is stored. */
const secretOf = ({ webhook }: Pick<Keys, "webhook">, endpointId: string, number: number): Secret =>
  new Secret(`whsec_${createHmac("sha256", webhook).update(`${endpointId} ${number}`).digest("base64")}`);

export interface Signing {
  readonly endpointId: string;
  readonly secretNumber: number;
  readonly previousUntil: Date | null;
}

/** The secrets that sign for an address now: its own, and for a while the one of before. */
export function secretsOf(keys: Pick<Keys, "webhook">, signing: Signing, nowMs: number): readonly Secret[] {
  const { endpointId, secretNumber, previousUntil } = signing;
  const isPreviousGood = previousUntil !== null && previousUntil.getTime() > nowMs;
  const numbers = isPreviousGood ? [secretNumber, secretNumber - 1] : [secretNumber];
  return numbers.map((number) => secretOf(keys, endpointId, number));
}

/** Whether this shop is one on somebody's own machine, whose webhooks may go there, too. */
export const isLocalShop = ({ env }: Pick<Deps, "env">): boolean =>
  ["localhost", "127.0.0.1", "[::1]"].includes(new URL(env.publicUrl).hostname);

/** Adds an address of the viewer's shop. Its secret is answered once and never shown again. */
export function addEndpoint(
  deps: Deps,
  viewer: Proven<Merchant>,
  { url, kinds }: EndpointForm,
): Promise<Result<{ endpointId: string; secret: Secret }, EndpointRefusal>> {
  return inTransaction<{ endpointId: string; secret: Secret }, EndpointRefusal>(deps.db, async (tx) => {
    if (!isCallable(url, { isLocalShop: isLocalShop(deps) })) return err("url_malformed");
    const { merchantId, userId } = viewer;
    if ((await tx.webhookEndpoint.count({ where: { merchantId, status: "active" } })) >= limits.webhookEndpointsMax)
      return err("too_many_endpoints");
    const id = newId();
    await tx.webhookEndpoint.create({ data: { id, merchantId, url, kinds, createdBy: userId } });
    await recordAudit(tx, {
      actor: viewer,
      action: "webhook.added",
      subjectKind: "webhook",
      subjectId: id,
      merchantId,
      detail: { host: new URL(url).host, kinds: kinds.join(" ") },
    });
    return ok({ endpointId: id, secret: secretOf(deps.keys, id, 1) });
  });
}

/** Gives an address another secret; the one of before signs, too, for a day, so that a receiver can be changed meanwhile. */
export function rotateEndpoint(
  deps: Deps,
  viewer: Proven,
  endpointId: string,
): Promise<Result<{ secret: Secret }, "not_found" | "conflict">> {
  return inTransaction<{ secret: Secret }, "not_found" | "conflict">(deps.db, async (tx) => {
    const endpoint = await tx.webhookEndpoint.findFirst({ where: { id: endpointId, ...ownedBy(viewer) } });
    if (!endpoint) return err("not_found");
    const number = endpoint.secretNumber + 1;
    const { count } = await tx.webhookEndpoint.updateMany({
      where: { id: endpointId, secretNumber: endpoint.secretNumber },
      data: { secretNumber: number, previousUntil: new Date(deps.clock.now() + limits.webhookSecretGraceMs) },
    });
    // Two tabs at once: the second would otherwise end the secret that the first has just shown.
    if (count === 0) return err("conflict");
    await recordAudit(tx, {
      actor: viewer,
      action: "webhook.secret_rotated",
      subjectKind: "webhook",
      subjectId: endpointId,
      merchantId: endpoint.merchantId,
    });
    return ok({ secret: secretOf(deps.keys, endpointId, number) });
  });
}

/**
 * Takes an address off, or puts it back; safe twice. What happens meanwhile is not told later, and what waits is told when it is back.
 */
export function switchEndpoint(
  deps: Deps,
  viewer: Viewer,
  { endpointId, status }: { endpointId: string; status: "active" | "disabled" },
): Promise<Result<null, "not_found" | "too_many_endpoints">> {
  return inTransaction<null, "not_found" | "too_many_endpoints">(deps.db, async (tx) => {
    const endpoint = await tx.webhookEndpoint.findFirst({ where: { id: endpointId, ...ownedBy(viewer) } });
    if (!endpoint) return err("not_found");
    const { merchantId } = endpoint;
    const active = await tx.webhookEndpoint.count({ where: { merchantId, status: "active", id: { not: endpointId } } });
    if (status === "active" && active >= limits.webhookEndpointsMax) return err("too_many_endpoints");
    const { count } = await tx.webhookEndpoint.updateMany({
      where: { id: endpointId, status: { not: status } },
      data: { status },
    });
    if (count === 0) return ok(null);
    await recordAudit(tx, {
      actor: viewer,
      action: status === "active" ? "webhook.enabled" : "webhook.disabled",
      subjectKind: "webhook",
      subjectId: endpointId,
      merchantId,
    });
    return ok(null);
  });
}

/** Sends an address a test event, by the way that all others take. */
export async function pingEndpoint(deps: Deps, viewer: Viewer, endpointId: string): Promise<Result<null, "not_found">> {
  const endpoint = await deps.db.webhookEndpoint.findFirst({
    where: { id: endpointId, status: "active", ...ownedBy(viewer) },
  });
  if (!endpoint) return err("not_found");
  await deps.db.webhookDelivery.create({
    data: {
      id: newId(),
      endpointId,
      merchantId: endpoint.merchantId,
      messageId: newId(),
      kind: PING,
      happenedAt: new Date(deps.clock.now()),
    },
  });
  return ok(null);
}

/** The viewer's addresses, without their secrets. */
export const listEndpoints = ({ db }: { readonly db: Db }, viewer: Viewer) =>
  db.webhookEndpoint.findMany({
    where: ownedBy(viewer),
    orderBy: { id: "desc" },
    take: limits.listRowsPerPage,
    select: { id: true, url: true, kinds: true, status: true, createdAt: true, previousUntil: true },
  });
export type EndpointRow = Awaited<ReturnType<typeof listEndpoints>>[number];

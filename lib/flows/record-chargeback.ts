import { insertDecision } from "@/lib/features/disputes/decisions";
import { gatherEvidence } from "@/lib/features/disputes/evidence";
import type { AnyOutcome } from "@/lib/features/disputes/rules";
import {
  addMessage,
  buyerHash,
  contentHash,
  findChargeback,
  insertDispute,
  lockDispute,
  moveDispute,
  readReported,
} from "@/lib/features/disputes/store";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { sha256 } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mailAdminsOfDispute } from "./mail-admins";

interface Chargeback {
  readonly orderId: string;
  readonly accountId: string;
  readonly disputeNo: string;
  readonly state: string;
  /** Everything that was told of it so far, in whatever order it came. */
  readonly states: readonly string[];
}

const SYSTEM = { kind: "system", userId: null } as const;

/** The same number for the same word of the same chargeback, however often it is told. */
function wordId({ accountId, disputeNo }: Chargeback, word: string): string {
  const hex = sha256(`chargeback|${accountId}|${disputeNo}|${word}`).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The case of a chargeback, with what the shop knows at this moment; the one that is there, if it is. */
async function find(tx: Tx, deps: Pick<Deps, "env" | "keys">, told: Chargeback): Promise<string> {
  const known = await findChargeback(tx, { accountId: told.accountId, chargebackNumber: told.disputeNo });
  if (known) return known;
  const order = await readReported(tx, told.orderId, null);
  assert(order, "a chargeback that is judged has an order");
  const { orderId, merchantId } = order;
  const buyer = buyerHash(deps.keys, order.email);
  const about = { orderId, merchantId, cardId: null, batchId: null, addressHash: null, userAgent: "" };
  const id = newId();
  await insertDispute(tx, {
    ...about,
    ...{ id, source: "gateway", kind: "chargeback", status: "escalated", position: null, variantId: null },
    buyerHash: buyer,
    accountId: told.accountId,
    chargebackNumber: told.disputeNo,
    evidence: await gatherEvidence(tx, { ...about, buyerHash: buyer }),
    contentHash: contentHash({ requestHash: deps.keys.requestHash }, [told.accountId, told.disputeNo]),
  });
  await mailAdminsOfDispute(tx, deps, id);
  return id;
}

/** How it stands, by all that was told: lost outweighs won, and neither is open. */
const outcomeOf = (states: readonly string[]): AnyOutcome | null =>
  states.includes("lost") ? "bank_lost" : states.includes("won") ? "bank_won" : null;

/**
 * Opens a dispute for a chargeback, or goes on with the one that is there, in the transaction that judges it: what the bank says stands in
 * the thread, and what it decides closes it. The same told twice, in any order, is one dispute and one message. Nobody here decides it.
 */
export async function recordChargeback(tx: Tx, deps: Pick<Deps, "env" | "keys">, told: Chargeback): Promise<void> {
  const disputeId = await find(tx, deps, told);
  const dispute = await lockDispute(tx, disputeId);
  assert(dispute, "disputes are never deleted");
  const detail = { state: told.state };
  const requestId = wordId(told, told.state);
  await addMessage(tx, { disputeId, author: SYSTEM, kind: "chargeback", body: "", detail, requestId });
  const outcome = outcomeOf(told.states);
  const id = wordId(told, outcome ?? "");
  if (outcome === null || dispute.decisionId === id) return;
  await insertDecision(tx, {
    ...{ id, disputeId, orderId: told.orderId, outcome, state: "done", reason: outcome },
    ...{ amountMinor: null, currency: null, method: null, decidedByKind: "system", decidedBy: null },
    fromStatus: "escalated",
    contentHash: contentHash({ requestHash: deps.keys.requestHash }, [id]),
  });
  await moveDispute(tx, disputeId, { status: "decided", decisionId: id });
}

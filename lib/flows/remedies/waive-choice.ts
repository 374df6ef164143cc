import { z } from "zod";
import { findChosen } from "@/lib/features/previews/store";
import { err, ok } from "@/lib/kernel/result";
import { waiveChoice } from "../waive-choice";
import { factsOf, isServed, paidOrderOf } from "./order-facts";
import type { ProvenRemedy } from "./remedy";

/** Another card of the same variant for a buyer whose chosen one is gone, and who has said that any will do. */
export const waiveChosen: ProvenRemedy<object> = {
  name: "waive_choice",
  needsProof: true,
  input: z.object({}),
  async look(deps, _asker, finding) {
    const order = await paidOrderOf(deps, finding);
    if (!order.ok) return order;
    const { id, stockPolicy } = order.value;
    const chosen = stockPolicy === "pick" ? await findChosen(deps.db, id) : null;
    if (!chosen) return err("no_choice");
    const changes = [{ what: "choice_waived", values: { chosen: chosen.preview } }, { what: "any_card_in_line" }];
    return ok({ changes, facts: factsOf(order.value), money: null });
  },
  apply: (deps, actor, { finding, reason }) => waiveChoice(deps, actor, { orderId: finding.orderId ?? "", reason }),
  isGone: isServed,
};

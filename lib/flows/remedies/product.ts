import { z } from "zod";
import { haltProduct, resumeProduct } from "@/lib/features/merchants/save-product";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { resumeAudited } from "../resume-audited";
import type { PlainRemedy } from "./remedy";

interface Product {
  readonly id: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly haltedAt: Date | null;
  readonly haltedReason: string | null;
}

async function productOf({ db }: Deps, { productId }: FindingHead): Promise<Result<Product, "no_product">> {
  const product = productId ? await db.product.findUnique({ where: { id: productId } }) : null;
  return product ? ok(product) : err("no_product");
}

const titleOf = ({ titleZh, titleEn }: Product) => ({ titleZh, titleEn });

/** Takes the product off sale until somebody has looked: what was bought stays bought. */
export const haltOne: PlainRemedy<object> = {
  name: "halt_product",
  needsProof: false,
  input: z.object({}),
  async look(deps, _asker, finding) {
    const product = await productOf(deps, finding);
    if (!product.ok) return product;
    if (product.value.haltedAt !== null) return err("halted_already");
    const changes = [{ what: "product_halted", values: titleOf(product.value) }];
    return ok({ changes, facts: [product.value.id, null], money: null });
  },
  async apply(deps, actor, { finding, reason }) {
    if (!actor || !finding.productId) return err("no_product");
    const halted = await haltProduct(deps, actor, { productId: finding.productId, reason });
    return halted.ok ? ok("halted") : halted;
  },
  isGone: async () => false,
};

const ResumeInput = z.object({
  /** He was told that the break still stands, and lets it. */
  isConfirmed: z.enum(["on", ""]).default(""),
});

/**
 * Puts a halted product back on sale. What an audit holds is asked about again first: while it stands, the admin must say that it may, and the
 * finding is closed with it.
 */
export const resumeOne: PlainRemedy<z.output<typeof ResumeInput>> = {
  name: "resume_product",
  needsProof: false,
  input: ResumeInput,
  async look(deps, _asker, finding) {
    const product = await productOf(deps, finding);
    const isAudited = finding.kind === "invariant_broken";
    // A break that leads to no product is closed by the same word.
    if (!product.ok) return isAudited ? ok({ changes: [{ what: "finding_closed" }], facts: [], money: null }) : product;
    const { id, haltedAt, haltedReason } = product.value;
    if (haltedAt === null && !isAudited) return err("not_halted");
    const resumed = haltedAt === null ? [] : [{ what: "product_resumed", values: titleOf(product.value) }];
    const closed = isAudited ? [{ what: "recheck_first" }, { what: "finding_closed" }] : [];
    return ok({
      changes: [...closed, ...resumed],
      facts: [id, haltedAt?.getTime() ?? null, haltedReason],
      money: null,
    });
  },
  async apply(deps, actor, { finding, reason, auditUrl }, { isConfirmed }) {
    if (!actor) return err("no_product");
    if (finding.kind === "invariant_broken") {
      const word = { viewer: actor, findingId: finding.id, reason, isConfirmed: isConfirmed === "on" };
      const resumed = await resumeAudited(deps, auditUrl, word);
      if (!resumed.ok) return resumed;
      return ok(resumed.value.isSelling ? "resumed" : "closed_only");
    }
    const resumed = await resumeProduct(deps, actor, finding.productId ?? "");
    return resumed.ok ? ok("resumed") : resumed;
  },
  isGone: async () => false,
};

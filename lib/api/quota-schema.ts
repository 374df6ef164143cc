import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

export const SpendQuotaBody = z
  .strictObject({
    uses: z
      .int()
      .min(1)
      .max(limits.quotaUsesPerCallMax)
      .default(1)
      .meta({ description: "How many uses to spend; 1 when absent." }),
  })
  .meta({ id: "SpendQuota" });

const FIGURES = {
  used: z.int().meta({ description: "How many uses of the key are spent in all." }),
  remaining: z.int().meta({ description: "How many are left." }),
  usesMax: z.int().meta({ description: "How many the key was good for when it was bought." }),
};

export const SpentQuotaView = z
  .object({ uses: z.int().meta({ description: "How many this call spent." }), ...FIGURES })
  .meta({ id: "SpentQuota" });

export const QuotaView = z.object(FIGURES).meta({ id: "Quota" });

import { checkCaches } from "@/lib/flows/check-caches";
import { limits } from "@/lib/kernel/limits";
import { isAnswering } from "@/lib/platform/redis";
import { answer, type Command, EXIT } from "../command";
import { withShop } from "../shop";

const SENTENCES = {
  absent: "REDIS_URL is not set: there are no figures beside the database.",
  unanswered:
    "Redis does not answer, or not in time. The shop goes on without it; what was not compared is compared by the next check.",
} as const;

export const checkCachesCommand: Command = {
  name: "check-caches",
  usage: "",
  summary:
    "Compares every figure of stock in Redis with the database and builds anew what is wrong; exit 1 when anything was. Kept pages are compared by the processes that keep them.",
  options: {},
  positionals: { min: 0, max: 0 },
  run: (call) =>
    withShop(async ({ deps }) => {
      if (deps.redis) await isAnswering(deps.redis, limits.redisCommandWaitMs);
      const [stock] = await checkCaches(deps, { isFull: true });
      if (!stock) return EXIT.failed;
      const { outcome, compared, drifted, missing, strays } = stock;
      const figures = `${compared} figures compared: ${drifted} were wrong and are built anew, ${missing} were missing and are filled, ${strays} were of no variant and are gone.`;
      answer(call, stock, [outcome === "compared" ? figures : SENTENCES[outcome]]);
      return drifted + strays > 0 ? EXIT.refused : EXIT.done;
    }),
};

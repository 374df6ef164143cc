import { declareAccount } from "@/lib/flows/declare-account";
import { DEMO_MERCHANT } from "@/prisma/demo-catalog";
import { stockDemoShop } from "@/server/demo";
import { answer, type Command, EXIT, refuse } from "../command";
import { withShop } from "../shop";

export const demoCommand: Command = {
  name: "demo",
  usage: "",
  summary: "Stocks an empty database with the demo shop; on a demo shop it restores what is missing.",
  options: {},
  positionals: { min: 0, max: 0 },
  run: (call) =>
    withShop(async ({ deps, database }) => {
      const others = await deps.db.merchant.count({ where: { slug: { not: DEMO_MERCHANT.slug } } });
      if (others > 0) {
        return refuse(call, { code: "not_empty", message: "This database already has a shop. Nothing was changed." });
      }
      await declareAccount(deps);
      const people = await stockDemoShop(deps, database);
      const signIns = people.map(({ role, email, password }) => ({
        role,
        email,
        password: password?.reveal() ?? null,
      }));
      const products = await deps.db.product.count();
      const variants = await deps.db.variant.count();
      const cards = await deps.db.card.count({ where: { status: "available" } });
      answer(call, { products, variants, cards, signIns }, [
        `The demo shop stands: ${products} products, ${variants} variants, ${cards} cards.`,
        ...signIns.map(({ role, email, password }) => `${role}: ${email} ${password ?? "(password was changed)"}`),
      ]);
      return EXIT.done;
    }),
};

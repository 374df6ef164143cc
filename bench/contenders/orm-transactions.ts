import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { createDb, type Db, type Tx } from "@/lib/platform/db";
import { type Bench, type Contender, drive, placeOf } from "./contender";
import { firstAvailable, firstUnlocked, reserveCard, timesOf, writeOrder } from "./orm-order";

const PATIENCE = { maxWait: 60_000, timeout: 60_000 };
/** A buyer who lost the race this often gives up, as the articles advise. */
const OPTIMISTIC_TRIES = 50;

type Place = (db: Db, draft: OrderDraft) => Promise<boolean>;
type Shape = Pick<Contender, "name" | "what">;

/** A contender that runs the ORM's own transactions over a pool of its own. */
export function ormContender({ shop, connections }: Bench, shape: Shape & { place: Place }): Contender {
  const db = createDb(shop.urls.app, () => {}, connections);
  return {
    name: shape.name,
    what: `${shape.what} (${connections} connections)`,
    perSecondMax: 2_000,
    run: (load, drafts) => drive(load, drafts, (draft) => shape.place(db, draft)),
    place: (draft) => shape.place(db, draft),
    close: () => db.$disconnect(),
  };
}

/** One interactive transaction: pick a card, mark it, write the order. */
export const inOneTransaction =
  (pick: (tx: Tx, draft: OrderDraft) => Promise<string | null>): Place =>
  (db, draft) =>
    db.$transaction(async (tx) => {
      const cardId = await pick(tx, draft);
      if (cardId === null) return false;
      const times = await timesOf(tx, draft);
      await reserveCard(tx, draft, cardId, times);
      await writeOrder(tx, draft, cardId, times);
      return true;
    }, PATIENCE);

/** The right lock in the ORM's interactive transaction: safe, and eleven round trips per order. */
export const skipLocked = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "ORM, SKIP LOCKED",
    what: "the ORM's interactive transaction, card picked with FOR UPDATE SKIP LOCKED",
    place: inOneTransaction(firstUnlocked),
  });

/** The usual advice: lock the product, then look for a card. Safe, and one buyer at a time. */
export const forUpdate = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "FOR UPDATE",
    what: "the same transaction behind SELECT … FOR UPDATE of the product",
    place: inOneTransaction(async (tx, draft) => {
      const { variantId } = placeOf(draft);
      await tx.$queryRaw`
        SELECT id FROM product WHERE id = (SELECT product_id FROM variant WHERE id = ${variantId}::uuid) FOR UPDATE`;
      return firstAvailable(tx, draft);
    }),
  });

/** What most shops of the field do: look, then take what was seen. It sells cards twice; here the schema's guard stops it. */
export const checkThenTake = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "check, then take",
    what: "reads the first card on sale without a lock, then marks it",
    place: inOneTransaction(firstAvailable),
  });

/** The ORM's own limited update, as its documentation invites to: the status is tested in the inner query only. */
export const limitedUpdate = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "ORM, limited updateMany",
    what: "updateMany({ where: { status: available }, limit: 1 }), then the rest of the transaction",
    place: (db, draft) =>
      db.$transaction(async (tx) => {
        const times = await timesOf(tx, draft);
        const { count } = await tx.card.updateMany({
          where: { ...placeOf(draft), status: "available" },
          data: { status: "reserved", orderId: draft.row.id, reservedUntil: times.deadlineAt },
          limit: 1,
        });
        if (count === 0) return false;
        const { id } = await tx.card.findFirstOrThrow({ where: { orderId: draft.row.id }, select: { id: true } });
        await writeOrder(tx, draft, id, times);
        return true;
      }, PATIENCE),
  });

/** Take it only if it is still there, and begin again when it is not: everybody runs for the same first card. */
export const optimistic = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "optimistic",
    what: `reads a card, takes it if it is unchanged, else again (at most ${OPTIMISTIC_TRIES} times)`,
    async place(db, draft) {
      for (let tries = 0; tries < OPTIMISTIC_TRIES; tries += 1) {
        const isTaken = await db.$transaction(async (tx) => {
          const id = await firstAvailable(tx, draft);
          if (id === null) return null;
          const times = await timesOf(tx, draft);
          const data = { status: "reserved", orderId: draft.row.id, reservedUntil: times.deadlineAt };
          const { count } = await tx.card.updateMany({ where: { id, status: "available" }, data });
          if (count === 0) return false;
          await writeOrder(tx, draft, id, times);
          return true;
        }, PATIENCE);
        if (isTaken !== false) return isTaken === true;
      }
      return false;
    },
  });

/** Try, confirm: the card is held in one transaction, the order written in a second; a sweeper would cancel the rest. */
export const tryConfirm = (bench: Bench): Contender =>
  ormContender(bench, {
    name: "try, confirm",
    what: "holds the card in one transaction, writes the order in a second",
    async place(db, draft) {
      const held = await db.$transaction(async (tx) => {
        const cardId = await firstUnlocked(tx, draft);
        if (cardId === null) return null;
        const times = await timesOf(tx, draft);
        await reserveCard(tx, draft, cardId, times);
        return { cardId, times };
      }, PATIENCE);
      if (held === null) return false;
      await db.$transaction((tx) => writeOrder(tx, draft, held.cardId, held.times), PATIENCE);
      return true;
    },
  });

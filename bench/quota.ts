import { generateKeys } from "@/lib/flows/generate-keys";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { revealOrder } from "@/lib/flows/reveal-order";
import { settlePayment } from "@/lib/flows/settle-payment";
import { spendQuota } from "@/lib/flows/spend-quota";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";
import { withClient } from "@/lib/platform/with-client";
import { drive, type Load, type Outcome } from "./contenders/contender";
import { batched } from "./contenders/ours";
import { createRandom, type Sample, shuffle } from "./figures";
import { type Meter, openMeter } from "./meter";
import type { Options } from "./options";
import { type BenchShop, draftOrders, openVariant, restock } from "./shop";

const KEYS = 1_000;
const SMOKE_KEYS = 20;
/** More than can be metered in a second. */
const PER_SECOND_MAX = 100_000;

/** What each figure is. */
export const QUOTA_LEGEND = [
  { name: "claim", what: "an order placed, as under ours: what a use is held against" },
  { name: "use of one key", what: "one use of a key that everybody uses, through the coalescer" },
  { name: `use of ${KEYS} keys`, what: "the same, the calls divided between so many keys" },
];

type Seller = { readonly kind: "merchant"; readonly userId: string; readonly merchantId: string };

async function openSeller({ deps, merchantId }: BenchShop): Promise<Seller> {
  const userId = newId();
  const person = { id: userId, email: `${userId}@bench.test`, passwordHash: "-", role: "merchant", merchantId };
  await deps.db.appUser.create({ data: person });
  return { kind: "merchant", userId, merchantId };
}

/** Keys as their buyers hold them: made, sold, paid for and shown. */
async function buyKeys(shop: BenchShop, seller: Seller, count: number): Promise<Secret[]> {
  const { deps } = shop;
  const sale = await openVariant(shop);
  const form = { batchId: newId(), variantId: sale.variantId, count, uses: limits.quotaUsesMax, note: "" };
  const made = await generateKeys(deps, seller, form);
  if (!made.ok) throw new Error(`no keys: ${made.error}`);
  const drafts = await draftOrders(sale, count);
  return Promise.all(
    drafts.map(async (draft) => {
      const { id, out_trade_no: outTradeNo, total_minor: total } = draft.row;
      const placed = await placeThroughBatch(deps, draft);
      const amount = { amountMinor: BigInt(total), currency: "CNY" } as const;
      const payment = { outTradeNo, gatewayTradeNo: `T${outTradeNo}`, amount, evidence: [] };
      const paid = await settlePayment(
        deps,
        { ...payment, accountRef: "1000", method: "alipay" },
        { accountId: shop.accountId, source: "notice" },
      );
      const shown = await revealOrder(deps, { orderId: id, actor: { kind: "buyer" } });
      if (!shown.ok) throw new Error(`no key in hand: ${placed.verdict}, ${paid}, ${shown.error}`);
      return shown.value.secrets[0]?.text as Secret;
    }),
  );
}

/** Calls of as many buyers, each of which names its use anew. */
function spend({ deps }: BenchShop, keys: readonly Secret[], load: Load): Promise<Outcome> {
  const calls = Array.from({ length: Math.ceil(PER_SECOND_MAX * load.seconds) + load.inFlight }, (_, n) => n);
  const run = newId();
  return drive(load, calls, async (n) => {
    const { verdict } = await spendQuota(deps, {
      key: keys[n % keys.length] as Secret,
      callId: `${run}-${n}`,
      uses: 1,
    });
    if (verdict !== "spent") throw new Error(`a fresh call of a key with uses left was ${verdict}`);
    return true;
  });
}

async function claim(shop: BenchShop, load: Load): Promise<() => Promise<Outcome>> {
  const contender = batched({ shop });
  const most = Math.ceil(contender.perSecondMax * load.seconds) + load.inFlight;
  await restock(shop, most);
  const drafts = await draftOrders(shop, most);
  return () => contender.run(load, drafts);
}

const tidy = ({ urls }: BenchShop) =>
  withClient(urls.owner, (client) => client.query("VACUUM (ANALYZE) quota, quota_use"));

interface Contender {
  readonly name: string;
  prepare(load: Load): Promise<() => Promise<Outcome>>;
}

async function openContenders(shop: BenchShop, isSmoke: boolean): Promise<Contender[]> {
  const seller = await openSeller(shop);
  const one = await buyKeys(shop, seller, 1);
  const many = await buyKeys(shop, seller, isSmoke ? SMOKE_KEYS : KEYS);
  const ofKeys = (keys: readonly Secret[]) => async (load: Load) => {
    await tidy(shop);
    return () => spend(shop, keys, load);
  };
  return [
    { name: "claim", prepare: (load) => claim(shop, load) },
    { name: "use of one key", prepare: ofKeys(one) },
    { name: `use of ${KEYS} keys`, prepare: ofKeys(many) },
  ];
}

async function measure(meter: Meter, contender: Contender, load: Load): Promise<Outcome & Pick<Sample, "cost">> {
  const run = await contender.prepare(load);
  return meter.costOf(run);
}

/** Uses of keys beside claims, interleaved on one database: metering is to be about as fast as selling. */
export async function benchQuota(shop: BenchShop, options: Options, tell: (line: string) => void): Promise<Sample[]> {
  const random = createRandom(options.seed);
  const contenders = await openContenders(shop, options.isSmoke);
  const meter = await openMeter(shop.urls.app);
  const samples: Sample[] = [];
  try {
    // Every key is opened by its first use, and every plan made.
    for (const contender of contenders) await measure(meter, contender, { inFlight: 8, seconds: 0.5 });
    for (let round = 1; round <= options.rounds; round++)
      for (const inFlight of options.inFlight)
        for (const contender of shuffle(contenders, random)) {
          const outcome = await measure(meter, contender, { inFlight, seconds: options.seconds });
          samples.push({ bench: "quota", contender: contender.name, inFlight, round, ...outcome });
          tell(`round ${round}  ${inFlight} in flight  ${contender.name}: ${Math.round(outcome.perSecond)}/s`);
        }
  } finally {
    await meter.close();
  }
  return samples;
}

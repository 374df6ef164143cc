import { reconcileNow } from "@/lib/flows/reconcile";
import { reconcileContinuously } from "@/lib/flows/reconcile-continuously";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { expectFound, openBooks, writeBooks } from "./books";
import { besideBuyers } from "./buyers";
import { type ChildFigures, endChild, runChild } from "./child";
import { COMPARED, type ComparisonFigure } from "./comparison-bars";
import { measureInbox } from "./inbox";
import type { Options } from "./options";
import { type BenchShop, openDeps, openVariant } from "./shop";

const NEW_ORDERS = 10_000;
const SMOKE_NEW_ORDERS = 200;
const FINDINGS = 100_000;
const SMOKE_FINDINGS = 2_000;
const CHILD_MS_MAX = 900_000;
/** What a process that compares is told, as JSON on its command line. */
export interface ComparisonOrder {
  readonly urls: DatabaseUrls;
  /** Null: what was touched since the last pass. */
  readonly merchantId: string | null;
}

/** Compares in this process, and says what it took. */
export async function compareBooks({ urls, merchantId }: ComparisonOrder): Promise<void> {
  const deps = openDeps(urls, "silent");
  await deps.db.$queryRaw`SELECT 1`;
  const startedAt = performance.now();
  if (merchantId === null)
    for (let passes = 0; passes < 100 && (await reconcileContinuously(deps, { lagSeconds: 0 })) > 0; passes += 1);
  else await reconcileNow(deps, { merchantId });
  const seconds = (performance.now() - startedAt) / 1_000;
  await closeDeps(deps);
  endChild(seconds);
}

const inAnotherProcess = (order: ComparisonOrder): Promise<ChildFigures> =>
  runChild({ command: "compare", order, timeoutMs: CHILD_MS_MAX, what: "compare" });

/** Ends the run that is under way, behind its step: enough was seen of it. */
const stopRun = (shop: BenchShop): Promise<number> =>
  shop.deps.db
    .$executeRaw`UPDATE reconciliation_run SET state = 'stopped', finished_at = now() WHERE mode = 'demand' AND state = 'running'`;

/** A run over everything at three sizes, one over what is new, what buyers wait beside it, and the inbox when it is full. */
export async function benchComparison(
  shop: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<ComparisonFigure[]> {
  const [fresh, findings] = options.isSmoke ? [SMOKE_NEW_ORDERS, SMOKE_FINDINGS] : [NEW_ORDERS, FINDINGS];
  const sizes = [100, 10, 1].map((part) => Math.ceil(options.orders / part));
  const figures: ComparisonFigure[] = [];
  const take = (figure: ComparisonFigure): void => {
    figures.push(figure);
    const memory = figure.peakMb === null ? "" : `, ${figure.peakMb.toFixed(0)} MB`;
    tell(`compare  ${figure.way}, ${figure.rows}: ${figure.seconds.toFixed(4)} s${memory}`);
  };
  await withClient(shop.urls.owner, async (client) => {
    const books = await openBooks(shop, client);
    const whole = { urls: shop.urls, merchantId: books.shop.merchantId };
    await client.query("SET synchronous_commit = off");
    let orders = 0;
    for (const size of sizes) {
      await writeBooks(client, books, { from: orders, until: size, age: "1 day" });
      orders = size;
      const cost = await inAnotherProcess(whole);
      await expectFound(client, books, orders);
      take({ way: COMPARED.whole, rows: orders, ...cost });
    }
    // The continuous run begins where it is, and then ten thousand orders come.
    await inAnotherProcess({ urls: shop.urls, merchantId: null });
    await writeBooks(client, books, { from: orders, until: orders + fresh, age: "10 minutes" });
    const cost = await inAnotherProcess({ urls: shop.urls, merchantId: null });
    take({ way: COMPARED.fresh, rows: fresh, ...cost });
    const buyers = await openVariant(shop);
    const { alone, beside } = await besideBuyers(buyers, options, {
      run: () => inAnotherProcess(whole),
      stop: () => stopRun(buyers),
    });
    take({ way: COMPARED.alone, rows: orders, seconds: alone, peakMb: null });
    take({ way: COMPARED.beside, rows: orders, seconds: beside, peakMb: null });
    for (const figure of await measureInbox(shop, books, findings, orders)) take(figure);
  });
  return figures;
}

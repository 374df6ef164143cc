import { countFindings, listInboxChoices } from "@/lib/features/reconciliation/count-findings";
import { FindingListQuery } from "@/lib/features/reconciliation/inbox-schema";
import { listFindings } from "@/lib/features/reconciliation/list-findings";
import { readFindingPage } from "@/lib/flows/read-finding-page";
import { newId } from "@/lib/kernel/id";
import { withClient } from "@/lib/platform/with-client";
import type { Books } from "./books";
import { COMPARED } from "./comparison-bars";
import type { BenchShop } from "./shop";

const ASKS = 20;
const MINUTE_MS = 60_000;

/** Every thousandth is somebody's, every tenth closed, three of four of one shop and its account; each names an order that is there. */
const FILL = `
  INSERT INTO finding (id, kind, subject, status, severity, order_id, merchant_id, product_id, account_id, owner_id, search_keys, opened_at, resolved_at, resolution,
                       amount_minor, currency, detail)
  SELECT gen_random_uuid(), (ARRAY['local_only', 'gateway_only', 'mail_missing', 'price_anomaly'])[1 + n % 4], 'bench-' || gen_random_uuid(),
         CASE WHEN n % 10 = 0 THEN 'resolved' WHEN n % 1000 = 1 THEN 'in_work' ELSE 'open' END, (ARRAY['low', 'medium', 'high', 'critical'])[1 + n % 4],
         ($2 || lpad(to_hex(1 + n % $3::int), 12, '0'))::uuid, CASE WHEN n % 4 > 0 THEN $4::uuid END, CASE WHEN n % 4 > 0 THEN $5::uuid END,
         CASE WHEN n % 4 > 0 THEN $6 END, CASE WHEN n % 1000 = 1 THEN $7::uuid END, ARRAY['B' || n, 'T' || lpad((1 + n % $3::int)::text, 12, '0')],
         now() - make_interval(mins => n), CASE WHEN n % 10 = 0 THEN now() END, CASE WHEN n % 10 = 0 THEN 'vanished' END, n, 'CNY',
         jsonb_build_object('tradeNumber', 'B' || n, 'amountMinor', n::text, 'currency', 'CNY')
    FROM generate_series(1, $1::int) AS n`;

/** What people ask of the list: as it opens, narrowed in every way, sorted in every way, and far behind. */
const questionsOf = ({ shop, accountId }: Books, findings: number): Record<string, string>[] => [
  {},
  { sort: "oldest" },
  { sort: "newest" },
  { sort: "money" },
  { kind: "gateway_only" },
  { severity: "low" },
  { merchant: shop.merchantId },
  { account: accountId, sort: "newest" },
  { owner: "mine" },
  { owner: "nobody", severity: "critical", age: "week" },
  { halted: "on" },
  { q: `B${findings - 1}` },
  { q: "nobody has this number" },
  { status: "closed", sort: "newest" },
  { after: `2.${Date.now() - (findings / 2) * MINUTE_MS}.${newId()}` },
];

/** The slowest of some asks of each question, in seconds; the first of each is not counted. */
async function slowest(questions: readonly (() => Promise<unknown>)[]): Promise<number> {
  let most = 0;
  for (const ask of questions)
    for (let asks = 0; asks <= ASKS; asks += 1) {
      const startedAt = performance.now();
      await ask();
      if (asks > 0) most = Math.max(most, performance.now() - startedAt);
    }
  return most / 1_000;
}

/** What the pages of the inbox wait for when so many findings are there: their own functions, on the shop's own connections. */
export async function measureInbox({ deps, urls }: BenchShop, books: Books, findings: number, orders: number) {
  const userId = newId();
  const viewer = { kind: "admin", userId } as const;
  await deps.db.appUser.create({
    data: { id: userId, email: `${userId}@example.com`, passwordHash: "x", role: "admin" },
  });
  await withClient(urls.owner, async (client) => {
    const { merchantId, productId } = books.shop;
    const filling = [findings, books.prefixes.order, orders, merchantId, productId, books.accountId, userId];
    await client.query(FILL, filling);
    await client.query("VACUUM (ANALYZE) finding");
  });
  const lists = questionsOf(books, findings).map((question) => FindingListQuery.parse(question));
  const first = await listFindings(deps, viewer, lists[0]!);
  const pages = first.rows.slice(0, ASKS).map(({ id }) => id);
  if (pages.length < ASKS) throw new Error("the inbox is empty");
  const figures = [
    { way: COMPARED.inbox, seconds: await slowest(lists.map((query) => () => listFindings(deps, viewer, query))) },
    {
      way: COMPARED.counts,
      seconds: await slowest([() => countFindings(deps, viewer), () => listInboxChoices(deps, viewer)]),
    },
    { way: COMPARED.story, seconds: await slowest(pages.map((id) => () => readFindingPage(deps, viewer, id))) },
  ];
  await withClient(urls.owner, (client) => client.query("DELETE FROM finding WHERE subject LIKE 'bench-%'"));
  return figures.map((figure) => ({ ...figure, rows: findings, peakMb: null }));
}

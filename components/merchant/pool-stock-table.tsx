import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { PoolRow, PoolStock, VariantPools } from "@/lib/features/pools/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { toPublicId } from "@/lib/kernel/id";
import type { PoolActs } from "./pool-acts";
import { OrderForm, TransferForm } from "./pool-forms";
import { inLocale } from "./view";

interface PoolStockTableProps {
  locale: Locale;
  base: string;
  variants: readonly VariantPools[];
  pools: readonly PoolRow[];
  acts: PoolActs;
}

/** What lies where: a variant's pools in the order in which they sell, and those that have cards and do not. */
export function PoolStockTable(props: Readonly<PoolStockTableProps>) {
  const { locale, base, variants } = props;
  const { stock, columns: t } = getMessages(locale).pools;
  return (
    <Table aria-label={stock}>
      <thead>
        <tr>
          <HeadCell>{t.variant}</HeadCell>
          <HeadCell>{t.pool}</HeadCell>
          <HeadCell className="text-right">{t.available}</HeadCell>
          <HeadCell className="text-right">{t.kept}</HeadCell>
          <HeadCell className="text-right">{t.counted}</HeadCell>
          <HeadCell className="text-right">{t.drift}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {variants.map((variant) =>
          variant.stocks.map((stock, at) => (
            <tr key={`${variant.variantId} ${stock.poolId}`} className="hover:bg-sunken">
              {at === 0 ? (
                <Cell rowSpan={variant.stocks.length} className="min-w-56 align-top">
                  <VariantCell {...props} variant={variant} />
                </Cell>
              ) : null}
              <StockCells {...{ locale, base, variant, stock }} />
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}

const LINK = "underline decoration-line underline-offset-4 hover:decoration-ink";
const SUMMARY = "w-fit cursor-pointer py-1.5 text-xs underline decoration-line underline-offset-4";

function VariantCell({
  locale,
  base,
  pools,
  acts,
  variant,
}: Readonly<PoolStockTableProps & { variant: VariantPools }>) {
  const t = getMessages(locale).pools;
  const canMove = pools.length > 1 && variant.stocks.some(({ available }) => available > 0);
  return (
    <>
      <Link href={`${base}/products/${toPublicId("product", variant.productId)}`} prefetch={false} className={LINK}>
        {inLocale(locale, variant.titleZh, variant.titleEn)}
      </Link>
      <span className="block text-xs text-faint">{variant.sku}</span>
      {pools.length > 1 ? (
        <details>
          <summary className={SUMMARY}>
            {t.order}
            <span className="sr-only"> {variant.sku}</span>
          </summary>
          {/* What it begins with changes with every save. */}
          <OrderForm key={variant.version} {...{ locale, variant, pools }} save={acts.saveOrder} />
        </details>
      ) : null}
      {canMove ? (
        <details>
          <summary className={SUMMARY}>
            {t.transfer}
            <span className="sr-only"> {variant.sku}</span>
          </summary>
          <TransferForm {...{ locale, variant, pools }} transfer={acts.transfer} />
        </details>
      ) : null}
    </>
  );
}

interface StockCellsProps {
  locale: Locale;
  base: string;
  variant: VariantPools;
  stock: PoolStock;
}

function StockCells({ locale, base, variant, stock }: Readonly<StockCellsProps>) {
  const t = getMessages(locale).pools;
  const cards = `${base}/vault?variant=${toPublicId("variant", variant.variantId)}&pool=${stock.poolId}`;
  return (
    <>
      <Cell className="min-w-36">
        <Link href={cards} prefetch={false} className={LINK} title={t.vault}>
          {poolNameIn(locale, { slug: stock.poolSlug, name: stock.poolName })}
        </Link>
        <span className="mt-1 block">
          {stock.place === null ? (
            <span title={t.noPlaceHint}>
              <Badge tone="seal">{t.noPlace}</Badge>
            </span>
          ) : (
            <Badge tone="muted">{fill(t.place, { place: stock.place })}</Badge>
          )}
        </span>
      </Cell>
      <Cell className="figures text-right">{formatCount(stock.available, locale)}</Cell>
      <Cell className="figures text-right">{formatCount(stock.kept, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-right">
        {stock.counted === null ? (
          <span className="text-faint">{t.notCounted}</span>
        ) : (
          formatCount(stock.counted, locale)
        )}
        {stock.countedAt ? (
          <span className="block text-xs text-faint">
            {fill(t.countedAt, { at: formatStamp(stock.countedAt, locale) })}
          </span>
        ) : null}
      </Cell>
      <Cell className="figures whitespace-nowrap text-right">
        <Drift drift={stock.drift} locale={locale} />
      </Cell>
    </>
  );
}

function Drift({ drift, locale }: Readonly<{ drift: number | null; locale: Locale }>) {
  if (drift === null) return "—";
  if (drift === 0) return <span className="text-faint">{getMessages(locale).pools.noDrift}</span>;
  return <Badge tone="seal">{`${drift > 0 ? "+" : "−"}${formatCount(Math.abs(drift), locale)}`}</Badge>;
}

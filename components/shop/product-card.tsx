import clsx from "clsx";
import type { StockBand } from "@/lib/features/catalog/rules";
import { BandBadge } from "./band-badge";

/** A product as the shelf shows it: texts only, already in the visitor's language. */
export interface ShelfProduct {
  readonly slug: string;
  readonly href: string;
  readonly title: string;
  readonly summary: string;
  readonly picture: string;
  readonly band: StockBand;
  readonly price: string;
  /** Whether the price is only where prices begin. */
  readonly hasRange: boolean;
  /** Everything a search looks at, in both languages. */
  readonly words: string;
}

interface ProductCardProps {
  product: ShelfProduct;
  isFirst: boolean;
  t: { band: Record<StockBand, string>; from: string; fromFirst: boolean };
}

export function ProductCard({ product, isFirst, t }: Readonly<ProductCardProps>) {
  const isSoldOut = product.band === "sold_out";
  return (
    <a
      href={product.href}
      className="group flex h-full flex-col overflow-hidden rounded-md border bg-surface hover:border-edge"
    >
      <img
        src={product.picture}
        alt=""
        width={480}
        height={360}
        loading={isFirst ? "eager" : "lazy"}
        fetchPriority={isFirst ? "high" : undefined}
        className={clsx("aspect-4/3 w-full bg-sunken object-cover", isSoldOut && "opacity-60 grayscale")}
      />
      <div className="flex flex-1 flex-col gap-1 p-3 sm:p-4">
        <h2 className="font-medium leading-snug group-hover:underline">{product.title}</h2>
        <p className="line-clamp-2 text-sm text-faint">{product.summary}</p>
        <p className="mt-auto flex flex-wrap items-center justify-between gap-x-2 gap-y-1 pt-2">
          <span className="figures text-sm text-soft">
            {product.hasRange && t.fromFirst ? `${t.from} ` : null}
            <span className="text-base font-semibold text-ink">{product.price}</span>
            {product.hasRange && !t.fromFirst ? ` ${t.from}` : null}
          </span>
          <BandBadge band={product.band} t={t.band} />
        </p>
      </div>
    </a>
  );
}

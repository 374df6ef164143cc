import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { StockBand } from "@/lib/features/catalog/rules";

const TONES: Record<StockBand, BadgeTone> = { in_stock: "plain", low: "seal", sold_out: "muted" };

export function BandBadge({ band, t }: Readonly<{ band: StockBand; t: Record<StockBand, string> }>) {
  return <Badge tone={TONES[band]}>{t[band]}</Badge>;
}

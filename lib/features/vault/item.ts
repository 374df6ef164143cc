import { poolNameIn } from "@/lib/i18n/pool-name";
import { toPublicId } from "@/lib/kernel/id";
import type { VaultRow } from "./list-cards";

/** A row of the vault as a browser gets it: public ids, moments as milliseconds, and no secret. */
export interface VaultItem {
  readonly id: string;
  readonly state: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly sku: string;
  readonly poolZh: string;
  readonly poolEn: string;
  readonly merchant: string;
  readonly batch: string;
  readonly batchNumber: string;
  readonly order: string | null;
  readonly orderNumber: string | null;
  readonly expiresAtMs: number | null;
  /** What everybody may read of it; null where buyers do not choose it. */
  readonly preview: string | null;
  readonly extraMinor: string;
  readonly currency: string;
}

/** A row for a browser. */
export const toItem = (row: VaultRow): VaultItem => ({
  id: toPublicId("card", row.id),
  state: row.state,
  titleZh: `${row.productTitleZh} · ${row.titleZh}`,
  titleEn: `${row.productTitleEn} · ${row.titleEn}`,
  sku: row.sku,
  poolZh: poolNameIn("zh", { slug: row.poolSlug, name: row.poolName }),
  poolEn: poolNameIn("en", { slug: row.poolSlug, name: row.poolName }),
  merchant: row.merchantName,
  batch: toPublicId("batch", row.batchId),
  batchNumber: row.batchNumber.toString(),
  order: row.orderId && row.orderNumber ? toPublicId("order", row.orderId) : null,
  orderNumber: row.orderNumber,
  expiresAtMs: row.expiresAt?.getTime() ?? null,
  preview: row.preview,
  extraMinor: (row.extraMinor ?? 0n).toString(),
  currency: row.currency,
});

/** Enough of a card's public id to tell cards apart at a glance; its end, because the beginning is the time. */
export const shortCard = (publicId: string): string => publicId.slice(-8);

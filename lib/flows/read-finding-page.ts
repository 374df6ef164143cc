import { readTimeline, type TimelineRow } from "@/lib/features/merchants/order-timeline";
import {
  type FindingCard,
  type FindingHead,
  findFinding,
  readFindingCards,
} from "@/lib/features/reconciliation/find-finding";
import { readFindingStory, type StoryRow } from "@/lib/features/reconciliation/finding-story";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

/** A row of the one time line: of the order's own, or of what else belongs to the finding. */
export type FindingStoryRow =
  | { readonly of: "order"; readonly row: TimelineRow }
  | { readonly of: "finding"; readonly row: StoryRow };

export interface FindingPage {
  readonly finding: FindingHead;
  readonly cards: readonly FindingCard[];
  readonly story: readonly FindingStoryRow[];
}

/**
 * A finding and everything that belongs to it on one time line: its order's events, cards, entries of the ledger, payments, notices, lines of
 * the gateway's statements, refunds, mails and rows of the outbox, what people did, and what was done about the finding itself. Null where
 * the viewer has no such finding. It reads no ciphertext.
 */
export async function readFindingPage(
  { db }: { readonly db: Db },
  viewer: Viewer,
  findingId: string,
): Promise<FindingPage | null> {
  const finding = await findFinding(db, viewer, findingId);
  if (!finding) return null;
  const cards = await readFindingCards(db, finding);
  const [ofOrder, ofFinding] = await Promise.all([
    finding.orderId ? readTimeline(db, viewer, finding.orderId) : [],
    readFindingStory(
      db,
      finding,
      cards.map(({ id }) => id),
    ),
  ]);
  const story: FindingStoryRow[] = [
    ...ofOrder.map((row) => ({ of: "order", row }) as const),
    ...ofFinding.map((row) => ({ of: "finding", row }) as const),
  ];
  return { finding, cards, story: story.sort((left, right) => left.row.at.getTime() - right.row.at.getTime()) };
}

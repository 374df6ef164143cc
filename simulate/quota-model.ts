/** What the holders of a key were told of its uses, and what the shop's promises make of it. Pure, as `model.ts` is. */

/** One call, and what it heard. */
export interface Call {
  readonly callId: string;
  readonly uses: number;
  readonly verdict: string;
  readonly used: number;
  readonly usesMax: number;
  /** No earlier try of it was lost on the way. */
  readonly isFirst: boolean;
}

/** A key as the tables have it. */
export interface KeySeen {
  readonly usesMax: number;
  readonly used: number;
  /** What was counted, by the name of its call. */
  readonly counted: ReadonlyMap<string, { readonly uses: number; readonly usedAfter: number }>;
  readonly orderId: string | null;
  readonly orderStatus: string | null;
  readonly cardStatus: string;
}

interface Frame {
  readonly before: KeySeen;
  readonly after: KeySeen;
  /** All that were made of the key in the burst. */
  readonly calls: readonly Call[];
  /** Somebody asked for money of its order, so that it may have come and gone within the burst. */
  readonly isTouched: boolean;
  /** A process may have lost the answer to a batch, and asked for each of its calls again. */
  readonly hasFaults: boolean;
}

/** Whether its buyer may read it, and so may spend it. */
const isHeld = ({ cardStatus, orderStatus }: KeySeen): boolean =>
  cardStatus === "delivered" && orderStatus === "delivered";

/** A key of an order whose money goes back stays with nobody. */
function wasNeverHeld({ before, after, isTouched }: Frame): boolean {
  if (isHeld(before) || isHeld(after)) return false;
  return !isTouched || before.orderStatus === "refunding" || before.orderStatus === "refunded";
}

function complaintAboutCounted({ before, after, calls, hasFaults }: Frame, call: Call): string | null {
  const { callId, uses, verdict, used, usesMax, isFirst } = call;
  const row = after.counted.get(callId);
  if (row?.uses !== uses || row.usedAfter !== used || usesMax !== after.usesMax)
    return `heard ${verdict}, ${used} of ${usesMax} used, and on record is ${JSON.stringify(row)}`;
  const same = calls.filter((one) => one.callId === callId);
  const isOld = before.counted.has(callId);
  if (verdict === "spent" && (isOld || same.filter((one) => one.verdict === "spent").length > 1))
    return "heard twice that it was spent";
  if (verdict === "replayed" && !isOld && isFirst && same.length === 1 && !hasFaults)
    return "was taken for one that was made before";
  return null;
}

/** What is wrong with the answer to one call; null when it may be so. */
function complaintAboutCall(frame: Frame, call: Call): string | null {
  const { before, after } = frame;
  const { callId, uses, verdict } = call;
  switch (verdict) {
    case "spent":
    case "replayed":
      return wasNeverHeld(frame) ? `heard ${verdict}, and nobody has the key` : complaintAboutCounted(frame, call);
    case "idempotency_conflict":
      return (after.counted.get(callId)?.uses ?? uses) === uses
        ? "heard that it differs from one that was never made"
        : null;
    case "exhausted":
      if (before.counted.get(callId)?.uses === uses) return "was counted before, and is refused now";
      return after.used + uses <= after.usesMax
        ? `heard exhausted, and ${after.used} of ${after.usesMax} are used`
        : null;
    case "not_found":
      return isHeld(before) && isHeld(after) ? "heard not_found, and its buyer has the key" : null;
    default:
      return `heard ${verdict}`;
  }
}

/** The rows of a key alone: uses follow each other without a gap, up to what there is, and none that was there is gone or another. */
function complaintAboutUses({ before, after }: Frame): string | null {
  for (const [callId, { uses, usedAfter }] of before.counted) {
    const row = after.counted.get(callId);
    if (row?.uses !== uses || row.usedAfter !== usedAfter) return `has lost what was counted for ${callId}`;
  }
  let sum = 0;
  for (const { uses, usedAfter } of [...after.counted.values()].sort(
    (left, right) => left.usedAfter - right.usedAfter,
  )) {
    sum += uses;
    if (usedAfter !== sum) return `counts ${usedAfter} where its uses add up to ${sum}`;
  }
  if (sum !== after.used) return `has ${after.used} used, and its uses add up to ${sum}`;
  return sum > after.usesMax ? `is used ${sum} times of ${after.usesMax}` : null;
}

/** What was counted in the burst was asked for in it, and whoever asked and lost no answer was told so. */
function complaintAboutSilence({ before, after, calls }: Frame): string | null {
  for (const [callId, { uses }] of after.counted) {
    if (before.counted.has(callId)) continue;
    const asked = calls.filter((call) => call.callId === callId && call.uses === uses);
    if (asked.length === 0) return `counts ${uses} for ${callId}, for which nobody asked`;
    if (asked.every(({ isFirst, verdict }) => isFirst && verdict !== "spent" && verdict !== "replayed"))
      return `counts ${uses} for ${callId}, and told nobody`;
  }
  return null;
}

/** Everything that is wrong with a key after a burst. */
export function complaintsAboutKey(frame: Frame): string[] {
  const answers = frame.calls.flatMap((call) => {
    const complaint = complaintAboutCall(frame, call);
    return complaint ? [`the call ${call.callId} of ${call.uses} ${complaint}`] : [];
  });
  return [complaintAboutUses(frame), complaintAboutSilence(frame), ...answers].filter((one) => one !== null);
}

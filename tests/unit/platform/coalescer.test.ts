import { describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { createCoalescer } from "@/lib/platform/coalescer";

/** A coalescer whose batches end when the test says so. */
function controlled(answerWaiting?: (item: number) => string | null) {
  const batches: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const alone: number[] = [];
  const coalescer = createCoalescer<number, string>({
    name: "test",
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          end: (error) => (error ? reject(error) : resolve(items.map((item) => `batch ${item}`))),
        });
      }),
    runAlone: async (item) => {
      alone.push(item);
      if (item === 13) throw new Error("poison");
      return `alone ${item}`;
    },
    weigh: (item) => item,
    ...(answerWaiting ? { answerWaiting } : {}),
    now: () => 0,
  });
  return { batches, alone, coalescer };
}

const turn = () => new Promise((wake) => setImmediate(() => setImmediate(wake)));

describe("group commit in the process", () => {
  test("an item that finds a slot free leaves at once; what comes meanwhile leaves together", async () => {
    const { batches, coalescer } = controlled();
    const answers = [coalescer.ask(1)];
    await turn();
    answers.push(coalescer.ask(2));
    await turn();
    answers.push(coalescer.ask(3), coalescer.ask(4), coalescer.ask(5));
    await turn();
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2]]);
    batches[0]?.end();
    await turn();
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2], [3, 4, 5]]);
    for (const batch of batches) batch.end();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5].map((n) => ({ ok: true, value: `batch ${n}` })));
  });

  test("never more batches in flight than the limit, and never more weight in a batch", async () => {
    const { batches, coalescer } = controlled();
    const heavy = limits.coalescerWeightPerBatch / 2;
    const answers = Array.from({ length: 6 }, () => coalescer.ask(heavy));
    await turn();
    expect(batches.length).toBe(limits.coalescerBatchesInFlight);
    for (let n = 0; n < 3; n++) {
      batches[n]?.end();
      await turn();
    }
    expect(batches.map((batch) => batch.items.length)).toEqual([2, 2, 2]);
    await Promise.all(answers);
  });

  test("an item heavier than a whole batch travels alone instead of never", async () => {
    const { batches, coalescer } = controlled();
    const answer = coalescer.ask(limits.coalescerWeightPerBatch * 2);
    await turn();
    batches[0]?.end();
    expect((await answer).ok).toBe(true);
  });

  test("a failed batch is run again one by one, and a poison item spoils only its own answer", async () => {
    const { batches, alone, coalescer } = controlled();
    const answers = [12, 13, 14].map((item) => coalescer.ask(item));
    await turn();
    batches[0]?.end(new Error("deadlock"));
    const settled = await Promise.allSettled(answers);
    expect(settled.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(alone).toEqual([12, 13, 14]);
  });

  test("an answer that became known while items waited spares them the batch, and nobody else", async () => {
    let isKnown = false;
    const { batches, coalescer } = controlled((item) => (isKnown && item % 2 === 0 ? `known ${item}` : null));
    const answers = [1, 2].map((item) => coalescer.ask(item));
    await turn();
    answers.push(coalescer.ask(3));
    await turn();
    answers.push(...[4, 5, 6].map((item) => coalescer.ask(item)));
    await turn();
    isKnown = true;
    batches[0]?.end();
    await turn();
    expect(batches.map((batch) => batch.items)).toEqual([[1, 2], [3], [5]]);
    for (const batch of batches) batch.end();
    expect((await Promise.all(answers)).map((answer) => answer.ok && answer.value)).toEqual([
      "batch 1",
      "batch 2",
      "batch 3",
      "known 4",
      "batch 5",
      "known 6",
    ]);
    expect(await Promise.all([coalescer.ask(8), coalescer.ask(10)])).toHaveLength(2);
    expect(batches).toHaveLength(3);
  });

  test("a full queue answers busy at once", async () => {
    const { batches, coalescer } = controlled();
    const answers = Array.from({ length: limits.coalescerQueueItems }, () => coalescer.ask(1));
    expect(await coalescer.ask(1)).toEqual({ ok: false, error: "busy" });
    for (let n = 0; n < batches.length || n < 200; n++) {
      await turn();
      for (const batch of batches) batch.end();
    }
    await Promise.all(answers);
  });
});

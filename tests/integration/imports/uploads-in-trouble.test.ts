import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { takeDueImport } from "@/lib/features/imports/uploads";
import { finishAbandonedImports } from "@/lib/flows/finish-imports";
import { runImport, runImports } from "@/lib/flows/run-imports";
import { cancelCardUpload } from "@/lib/flows/upload-cards";
import { closeDeps } from "@/lib/platform/deps";
import { bundleChild } from "@/tests/support/child-program";
import { openDeps } from "@/tests/support/shop";
import { removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import {
  always,
  batchOf,
  CHUNK,
  countCards,
  figures,
  importNow,
  linesOf,
  owner,
  send,
  shop,
  start,
  stocked,
  uploadOf,
  useUploadScene,
} from "./upload-scene";

useUploadScene();

describe("a file on its way while things break", { timeout: 180_000 }, () => {
  let script: string;
  test.beforeAll(async () => {
    script = await bundleChild("tests/integration/imports/upload-child.ts");
  });
  test.afterAll(() => removeFolder(script));

  test("killed in the middle, by whoever and whenever, it goes on in the same batch with the totals of an unbroken run", async () => {
    const id = await send(Buffer.concat([linesOf(16_000), Buffer.from("\nlast\n")]));
    await start(id);
    const reached: number[] = [];
    // By a connection that is there already: a look of a new one would come late.
    const lineCount = async () => {
      const { batchId } = await uploadOf(id);
      const batch = batchId ? await shop.deps.db.batch.findUnique({ where: { id: batchId } }) : null;
      return batch?.lineCount ?? 0;
    };
    for (let round = 0; round < 2; round += 1) {
      const child = startWorker();
      await once(child.stdout!, "data");
      const target = (reached.at(-1) ?? 0) + CHUNK;
      await expect.poll(lineCount, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(target);
      await kill(child);
      reached.push((await batchOf(id))?.line_count as number);
      expect((await uploadOf(id)).state).toBe("importing");
      // Nobody takes it for dead but those who go on with it.
      expect(await finishAbandonedImports(shop.deps)).toBe(0);
      await shop.rows("UPDATE card_upload SET heartbeat_at = to_timestamp(0) WHERE id = $1", [id]);
    }
    const before = (await batchOf(id))?.id;
    expect(await runImports(shop.deps)).toBe(1);
    await expect.poll(() => uploadOf(id), { timeout: 60_000 }).toMatchObject({ state: "done" });
    expect(await batchOf(id)).toMatchObject({ id: before, status: "draft", ...figures(16_002, 16_001, 1) });
    expect(reached[0]).toBeLessThan(reached[1] ?? 0);
    expect(await countCards("draft")).toBe(16_001);
  });

  test("two processes at one import add each line once", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    const other = openDeps(shop.urls);
    const upload = await uploadOf(id);
    await Promise.all([runImport(shop.deps, upload, always), runImport(other, upload, always)]);
    await closeDeps(other);
    for (let round = 0; round < 5 && (await uploadOf(id)).state === "importing"; round += 1) await importNow(id);
    expect(await batchOf(id)).toMatchObject({ status: "draft", ...figures(1_200, 1_200) });
    expect(await countCards()).toBe(1_200);
    await finishAbandonedImports(shop.deps);
  });

  test("the same file in two tabs adds once, and a form sent twice imports once", async () => {
    const [first, second] = [await send(linesOf(700)), await send(linesOf(700))];
    await Promise.all([start(first), start(second)]);
    expect(await start(first)).toMatchObject({ ok: true });
    await Promise.all([importNow(first), importNow(second)]);
    const [a, b] = [await batchOf(first), await batchOf(second)];
    expect(Number(a?.accepted_count) + Number(b?.accepted_count)).toBe(700);
    expect(Number(a?.duplicate_count) + Number(b?.duplicate_count)).toBe(700);
    expect(await countCards()).toBe(700);
  });

  test("a process that is told to stop lets go behind a whole chunk, and the next one goes on at once", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    let chunks = 0;
    await runImport(shop.deps, await uploadOf(id), () => chunks++ < 1);
    expect((await batchOf(id))?.line_count).toBe(CHUNK);
    const due = await takeDueImport(shop.deps.db);
    expect(due?.id).toBe(id);
    expect(await importNow(id)).toMatchObject({ state: "done" });
    expect(await batchOf(id)).toMatchObject(figures(1_200, 1_200));
  });

  test("cancelled in the middle, no card stays, and the same file can be brought again", async () => {
    const id = await send(linesOf(1_200));
    await start(id);
    let chunks = 0;
    await runImport(shop.deps, await uploadOf(id), () => chunks++ < 1);
    expect(await countCards("draft")).toBe(CHUNK);
    expect(await cancelCardUpload(shop.deps, owner, id)).toMatchObject({ ok: true });
    expect(await cancelCardUpload(shop.deps, owner, id)).toEqual({ ok: false, error: "already_ended" });
    const again = await send(linesOf(1_200));
    await start(again);
    await importNow(again);
    expect(await batchOf(again)).toMatchObject(figures(1_200, 1_200));
    expect(await batchOf(id)).toMatchObject({ status: "failed", accepted_count: 0 });
  });

  test("cancelled while somebody is at it, it stops and takes its cards away", async () => {
    const id = await send(linesOf(6_000));
    await start(id);
    const work = importNow(id);
    const cards = () => shop.deps.db.card.count({ where: { variantId: stocked.variantId } });
    await expect.poll(cards, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await cancelCardUpload(shop.deps, owner, id);
    expect(await work).toMatchObject({ state: "cancelled" });
    await finishAbandonedImports(shop.deps);
    expect(await countCards()).toBe(0);
  });

  function startWorker(): ChildProcess {
    return spawn(process.execPath, [script, JSON.stringify(shop.urls), `${CHUNK}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
});

import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";
import { processesNaming, remainingAfter } from "../../support/processes";
import { spawnRefusedServer, spawnServer } from "../../support/server";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

const folders: string[] = [];
const newFolder = () => {
  const folder = makeTemporaryFolder("process");
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

const WORKER = { ROLE: "worker" };

describe("the shop's process on its own database", () => {
  test("Ctrl-C to its group leaves no process behind, the sandbox gateway included", async () => {
    const dataDir = newFolder();
    const server = await spawnServer({ dataDir, env: { KAPU_DEMO: "1" } });
    expect(processesNaming(dataDir).length).toBeGreaterThanOrEqual(2);
    expect(await server.interrupt()).toBe(0);
    expect(await remainingAfter(dataDir, 2_000)).toEqual([]);
  });

  test("killed with -9 it leaves a database that the next start takes over, and a sandbox that ends by itself", async () => {
    const dataDir = newFolder();
    const first = await spawnServer({ dataDir, env: { ...WORKER, KAPU_DEMO: "1" } });
    const secret = readFileSync(path.join(dataDir, "secret"), "utf8");
    await first.end("SIGKILL");
    await expect.poll(() => processesNaming(path.join(dataDir, "sandbox")), { timeout: 5_000 }).toEqual([]);
    const second = await spawnServer({ dataDir, env: WORKER });
    expect(readFileSync(path.join(dataDir, "secret"), "utf8")).toBe(secret);
    expect(await second.end("SIGTERM")).toBe(0);
    expect(await remainingAfter(dataDir, 2_000)).toEqual([]);
  });

  test("the process of its pages ends with it and leaves no folder, and is started again when it dies while orders go on", async () => {
    const dataDir = newFolder();
    const server = await spawnServer({ dataDir });
    const foldersOfPages = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`kapu-pages-${server.pid}-`));
    expect(foldersOfPages()).toHaveLength(1);
    const pagesOf = () => processesNaming(`pages.js --of=${server.pid}`);
    const [first] = pagesOf();
    expect(pagesOf()).toHaveLength(1);
    expect((await fetch(`${server.url}/zh`)).status).toBe(200);
    process.kill(first?.pid ?? 0, "SIGKILL");
    expect((await fetch(`${server.url}/api/v1/products`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${server.url}/en`)).status, { timeout: 30_000 }).toBe(200);
    expect(pagesOf().map(({ pid }) => pid)).not.toContain(first?.pid);
    await server.end("SIGKILL");
    expect(await remainingAfter(`pages.js --of=${server.pid}`, 5_000)).toEqual([]);
    expect(foldersOfPages()).toEqual([]);
  });

  test("a command that uses the same database and leaves does not stop it under the server", async () => {
    const dataDir = newFolder();
    const server = await spawnServer({ dataDir, env: WORKER });
    const command = await startEmbeddedPostgres({ home: dataDir, log: createLog("silent") });
    await command.stop();
    const { rows } = await withClient(command.urlOf("kapu"), (client) =>
      client.query("SELECT count(*)::int AS cards FROM card"),
    );
    expect(rows).toEqual([{ cards: 0 }]);
    expect(await server.end("SIGTERM")).toBe(0);
    expect(await remainingAfter(dataDir, 2_000)).toEqual([]);
  });

  test("its secret is for one reader", async () => {
    const dataDir = newFolder();
    const server = await spawnServer({ dataDir, env: WORKER });
    await server.end("SIGTERM");
    expect(statSync(path.join(dataDir, "secret")).mode & 0o077).toBe(0);
  });

  test("another secret than the one its data was made with is refused before anything runs", async () => {
    const dataDir = newFolder();
    const server = await spawnServer({ dataDir, env: WORKER });
    await server.end("SIGTERM");
    const KAPU_SECRET = "another-secret-another-secret-another-secret";
    const { code, output } = await spawnRefusedServer({ dataDir, env: { ...WORKER, KAPU_SECRET } });
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^KAPU_SECRET is not the secret that .* was made with: .*$/);
    expect(processesNaming(dataDir)).toEqual([]);
  });
});

test("a busy port is one sentence, and the database is not even started", async () => {
  const dataDir = newFolder();
  const other = createServer().listen(0);
  const port = (other.address() as { port: number }).port;
  const { code, output } = await spawnRefusedServer({ dataDir, port });
  other.close();
  expect(code).toBe(1);
  expect(output.trim()).toBe(
    `Port ${port} is in use by another program: stop that one, or set PORT to another number.`,
  );
  expect(processesNaming(dataDir)).toEqual([]);
});

test("a wrong setting is one sentence and no stack", async () => {
  const { code, output } = await spawnRefusedServer({
    dataDir: newFolder(),
    env: { DATABASE_URL: "postgresql://127.0.0.1/x" },
  });
  expect(code).toBe(1);
  expect(output).toBe("KAPU_SECRET must be set (at least 32 characters) when DATABASE_URL is.\n");
});

import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "@": path.resolve(import.meta.dirname) };

/** These put the clock back; what makes ids by the clock goes on from the latest that it gave out, so they begin in a process of their own. */
const OF_DAYS = ["tests/integration/merchants/sales.test.ts", "tests/integration/reports/**/*.test.ts"];

export default defineConfig({
  test: {
    maxWorkers: 2, // Most of a test is waiting for Postgres; on two cores the default would be one.
    // Where files need no process of their own (`isolate: false`), the shop's modules are loaded once: they took a third of the time.
    projects: [
      {
        resolve: { alias },
        test: { name: "unit", include: ["tests/unit/**/*.test.ts"], isolate: false, testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: { name: "architecture", include: ["tests/architecture/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          exclude: OF_DAYS,
          isolate: false,
          retry: 1, // Kills, locks and cut lines, on whatever is left of two cores; what fails twice is broken.
          globalSetup: ["tests/support/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "days",
          include: OF_DAYS,
          globalSetup: ["tests/support/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "simulation",
          include: ["tests/simulation/**/*.test.ts"],
          globalSetup: ["tests/support/postgres-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

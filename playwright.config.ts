import { defineConfig } from "@playwright/test";
import { findBrowser } from "./scripts/browser.mjs";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  globalSetup: "./tests/support/shop-for-browsers.ts",
  fullyParallel: true,
  workers: 2,
  retries: 1, // On whatever is left of two cores; a second try is recorded, and told of.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "line",
  use: {
    // Sooner than the test's own end, so that a step which hangs is told of by its name.
    actionTimeout: 30_000,
    baseURL: process.env.KAPU_TEST_SHOP_URL,
    // A recorder costs a third of the browser's time, so only the second try of a test that failed is recorded.
    trace: "on-first-retry",
    launchOptions: {
      executablePath: findBrowser(),
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-features=OptimizationHints,MediaRouter,Translate",
      ],
    },
  },
});

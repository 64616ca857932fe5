// Debian's Chromium, the real program, two workers: the whole run, with every service, stays under six minutes on two cores.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.test.mjs",
  globalSetup: "./support/program.mjs",
  outputDir: "out/results",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  timeout: 90_000,
  globalTimeout: 900_000,
  expect: { timeout: 10_000 },
  use: {
    locale: "it-IT",
    timezoneId: "Europe/Rome",
    viewport: { width: 390, height: 844 },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

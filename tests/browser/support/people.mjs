// The tests' own `test`: pages that are watched, people who sign in, pictures for people to look at.

import { test as base, expect } from "@playwright/test";
import { join } from "node:path";
import { watch } from "./watch.mjs";

export { expect };

/** The personas of the demonstration, by the name that the sign-in page shows. */
export const PERSONE = {
  cittadino: "Mario Rossi",
  cittadino2: "Lucia Ferri",
  operatore: "Giulia Bianchi",
  protocollo: "Paolo Verdi",
  sindaco: "Elena Conti",
  sviluppatore: "Luca Neri",
};

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

const pictures = Boolean(process.env.SCREENSHOTS);
const here = import.meta.dirname;

/** Signs in through the persona page, or the step of a way that leads there. */
export async function signIn(page, chi, path = "/accedi") {
  await page.goto(path);
  await page.getByRole("button", { name: `Entra come ${PERSONE[chi]}` }).click();
  await expect(page.locator("header [data-element=personal-area-login]")).toContainText(PERSONE[chi]);
}

/** The whole page as a picture in `out/`, at the width it has; nothing without SCREENSHOTS=1. */
export async function picture(page, name) {
  if (!pictures) return;
  const { width } = page.viewportSize();
  await page.screenshot({ path: join(here, "../out", `${name}-${width}.png`), fullPage: true, animations: "disabled" });
}

/** The picture of the README: the page at 1280 px, from the top of one part to the end of another. */
export async function readmePicture(page, first, last) {
  if (!pictures) return;
  await page.setViewportSize(DESKTOP);
  const [top, end] = [await first.boundingBox(), await last.boundingBox()];
  const clip = { x: 0, y: top.y - 24, width: DESKTOP.width, height: Math.ceil(end.y + end.height - top.y) };
  await page.screenshot({ path: join(here, "../../../docs/pratica.png"), fullPage: true, clip, animations: "disabled" });
}

export const test = base.extend({
  baseURL: async ({}, use) => use(process.env.SPORTELLO_URL),

  /** A watched page in a browser of its own, of a persona or (`null`) of nobody yet. Options are those of a context. */
  come: async ({ browser, baseURL }, use) => {
    const checks = [];
    await use(async (chi, options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      const page = await context.newPage();
      checks.push(await watch(page, new URL(baseURL).origin));
      if (chi) await signIn(page, chi);
      return page;
    });
    for (const check of checks) check();
  },
});

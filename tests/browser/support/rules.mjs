// What every page must keep: accessibility, the fonts and the library of the design system, nothing wider than the screen.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FONTS = ["Titillium Web", "Lora", "Roboto Mono"];

/** Violations that axe finds, each with its first places, in short. */
async function violations(page) {
  await page.evaluate(axe);
  const results = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  const place = ({ target, any, all, none }) => `${target} (${[...any, ...all, ...none].map((check) => check.message).join("; ")})`;
  return results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(place).join(" | ")}`);
}

/** Opens every fold, so that what is in them is judged too. */
export const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));

/** Elements whose first font is none of the design system's: headings and paragraphs with all that is in them (C.SI.1.1). */
const wrongFonts = (page) =>
  page.evaluate((fonts) => {
    const first = (e) => getComputedStyle(e).fontFamily.split(",")[0].replaceAll('"', "").trim();
    const all = document.querySelectorAll("h1, h2, h3, h4, h5, h6, p, :is(h1, h2, h3, h4, h5, h6, p) *:not(svg, svg *)");
    return [...all].filter((e) => !fonts.includes(first(e))).map((e) => `${e.tagName} ${first(e)} ${e.textContent.trim().slice(0, 40)}`);
  }, FONTS);

/** Elements that stick out to the right of the screen, when the page scrolls sideways. */
const tooWide = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} > ${clientWidth}`, ...out.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
  });

/** Judges the page as it stands, at 1280 and at 320 pixels. */
export async function judge(page, name) {
  for (const [width, height] of [[1280, 900], [320, 640]]) {
    await page.setViewportSize({ width, height });
    await unfold(page);
    const where = `${name} at ${width} px`;
    expect.soft(await violations(page), `${where}: axe`).toEqual([]);
    expect.soft(await tooWide(page), `${where}: sideways scroll`).toEqual([]);
  }
  expect.soft(await wrongFonts(page), `${name}: fonts`).toEqual([]);
  const version = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--bootstrap-italia-version"));
  expect.soft(Number.parseInt(version.replaceAll(/["'\s]/g, ""), 10), `${name}: version of Bootstrap Italia`).toBeGreaterThanOrEqual(2);
}

const text = async (locator) => (await locator.innerText()).replaceAll(/\s+/g, " ").trim();
const one = (page, element, within = "") => page.locator(`${within} [data-element="${element}"]`);

/** What the frame of every page carries for the evaluation of the Modello Comuni. */
export async function frame(page, name) {
  const soft = (value, what) => expect.soft(value, `${name}: ${what}`);
  const menu = [];
  const links = page.locator("[data-element=main-navigation] a[data-element]");
  for (const link of await links.all()) menu.push([await link.getAttribute("data-element"), (await link.textContent()).trim()]);
  soft(menu, "first-level menu").toEqual([
    ["management", "Amministrazione"],
    ["news", "Novità"],
    ["all-services", "Servizi"],
    ["live", "Vivere il Comune"],
  ]);
  for (const element of ["personal-area-login", "all-topics"]) soft(await one(page, element).count(), element).toBe(1);
  for (const element of ["faq", "report-inefficiency", "privacy-policy-link", "legal-notes", "accessibility-link"]) {
    soft(await one(page, element, "footer").count(), element).toBe(1);
  }
  soft(await one(page, "faq", "footer").innerText(), "label of the questions").toMatch(/faq|domande frequenti/i);
  soft(await one(page, "report-inefficiency", "footer").innerText(), "label of the report").toMatch(/^\s*(segnala |segnalazione )?disservizio\s*$/i);
  soft(await page.locator("h1").count(), "one first heading").toBe(1);
  soft(await page.evaluate(() => document.documentElement.lang), "language").toBe("it");
  soft(await page.evaluate(() => [...document.links].map((a) => a.getAttribute("href")).filter((h) => !/^(\/|#|https:|mailto:|tel:)/.test(h) || /^\/.*(http|www)/.test(h.split("?")[0]))), "addresses of links").toEqual([]);
}

const POSITIVE = [
  "Le indicazioni erano chiare",
  "Le indicazioni erano complete",
  "Capivo sempre che stavo procedendo correttamente",
  "Non ho avuto problemi tecnici",
  "Altro",
];
const NEGATIVE = [
  "A volte le indicazioni non erano chiare",
  "A volte le indicazioni non erano complete",
  "A volte non capivo se stavo procedendo correttamente",
  "Ho avuto problemi tecnici",
  "Altro",
];

/** The question how clear the page is: its words, and which box shows after which star (C.SI.2.5, C.SI.2.6). */
export async function feedback(page, name) {
  const box = one(page, "feedback");
  const soft = (value, what) => expect.soft(value, `${name}: feedback ${what}`);
  const positive = box.locator("[data-element=feedback-rating-positive]");
  const negative = box.locator("[data-element=feedback-rating-negative]");
  soft(await text(box.locator("[data-element=feedback-title]")), "title").toBe("Quanto sono chiare le informazioni su questa pagina?");
  for (const [part, question, answers] of [
    [positive, "Quali sono stati gli aspetti che hai preferito?", POSITIVE],
    [negative, "Dove hai incontrato le maggiori difficoltà?", NEGATIVE],
  ]) {
    soft(await part.locator("[data-element=feedback-rating-question]").textContent(), "question").toBe(question);
    soft(await part.locator("[data-element=feedback-rating-answer]").allTextContents(), "answers").toEqual(answers);
  }
  soft(await box.locator("[data-element=feedback-input-text]").count(), "free text").toBe(1);
  for (let rate = 1; rate <= 5; rate += 1) {
    await box.locator(`[data-element=feedback-rate-${rate}]`).click();
    soft(await positive.isVisible(), `praise after ${rate}`).toBe(rate >= 4);
    soft(await negative.isVisible(), `trouble after ${rate}`).toBe(rate <= 3);
  }
}

const VOICES = [
  "A chi è rivolto",
  "Come fare",
  "Cosa serve",
  "Cosa si ottiene",
  "Tempi e scadenze",
  "Accedi al servizio",
  "Condizioni di servizio",
  "Contatti",
];

/** The sheet of a service (C.SI.1.3, C.SI.2.1, C.SI.2.2, R.SI.1.1). */
export async function sheet(page, name) {
  const soft = (value, what) => expect.soft(value, `${name}: ${what}`);
  soft((await page.locator("[data-element=page-index] > li > a").allInnerTexts()).map((t) => t.trim()), "index").toEqual(VOICES);
  for (const element of ["service-title", "service-description", "service-addressed", "service-how-to", "service-needed", "service-achieved", "service-calendar-text", "service-area"]) {
    soft((await text(one(page, element))).length, element).toBeGreaterThanOrEqual(3);
  }
  for (const element of ["service-status", "service-file", "service-online-access"]) soft(await one(page, element).count(), element).toBe(1);
  soft(await one(page, "service-topic").count(), "topics").toBeGreaterThanOrEqual(1);
  soft(await page.locator("a[data-element=appointment-booking][href]").count(), "booking").toBeGreaterThanOrEqual(1);
  const trail = (await page.locator("[data-element=breadcrumb] li").allInnerTexts()).map((t) => t.trim().toLowerCase());
  const at = trail.indexOf("servizi");
  soft(at >= 0 && (trail[at + 1] ?? "").length >= 3, `breadcrumb ${trail}`).toBe(true);
  const data = JSON.parse(await one(page, "metatag").textContent());
  const { availableChannel: way, audience } = data;
  const { name: place, address } = way.serviceLocation;
  for (const value of [data.name, data.serviceType, data.serviceOperator.name, data.areaServed.name, audience.audienceType, way.serviceUrl, place, address.streetAddress, address.postalCode, address.addressLocality]) {
    soft(value, "metatag").toBeTruthy();
  }
}

// The steps that several tests walk.

import { expect } from "@playwright/test";

/** What a protocol number looks like: ente, registry, year, seven digits. */
export const NUMERO = /\b\d{7}\/\d{4}\b|\b\d{4}\/\d{7}\b/;

/** The value beside a term of a summary. */
export function voce(page, term) {
  return page.locator("dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^\\s*${term}\\s*$`) }) }).locator("dd");
}

export const avanti = (page) => page.getByRole("button", { name: "Avanti" });

/** The same in the flow of a service, whose steps are kept as a draft. */
export const prosegui = (page) => page.getByRole("button", { name: "Salva e continua", exact: true });

/** The last step: the summary, then the button named so. */
export async function send(page, name) {
  await expect(page.getByRole("heading", { level: 2, name: "Riepilogo" })).toBeVisible();
  await page.getByRole("button", { name }).click();
}

/** The first step: the privacy notice. */
export async function privacy(page, poi = avanti) {
  await page.getByRole("checkbox", { name: /Ho letto e compreso/ }).check();
  await poi(page).click();
}

/** What the page of a filing that was sent says. */
export async function fatto(page) {
  await page.waitForURL(/\/pratiche\/[0-9a-f-]+\/fatto\?dopo=\d+$/);
  const codice = (await page.locator("[data-valore]").innerText()).trim();
  const protocollo = (await voce(page, "Numero di protocollo").innerText()).trim();
  const data = (await voce(page, "Data e ora di registrazione").innerText()).trim();
  expect(codice).not.toBe("");
  expect(protocollo).toMatch(NUMERO);
  expect(data).toContain(String(new Date().getFullYear()));
  return { codice, protocollo, data };
}

/** The facts of a report, in the fields of the second step. */
export async function compila(page, { indirizzo, titolo, dettagli, categoria }) {
  await page.getByLabel("Indirizzo o luogo").fill(indirizzo);
  await page.getByLabel("Tipo di disservizio").selectOption(categoria ?? "illuminazione");
  await page.getByLabel("Titolo").fill(titolo);
  await page.getByLabel("Dettagli").fill(dettagli);
}

// Letters and requests, what goes wrong on the way, and sending only once.

import { lamp, notAPhoto } from "./support/files.mjs";
import { expect, picture, test } from "./support/people.mjs";
import { avanti, compila, fatto, NUMERO, privacy, prosegui, send, voce } from "./support/ways.mjs";

const REPORT = { indirizzo: "Piazza della Fonte 3", dettagli: "Da ieri mattina, accanto alla fontana." };

test("a letter to the mayor gets a number and is answered by the mayor's office alone", async ({ come }) => {
  const oggetto = "Una fontanella nel parco";
  const lucia = await come("cittadino2");
  await lucia.goto("/scrivi-al-sindaco");
  await privacy(lucia);
  await lucia.getByLabel("Oggetto").fill(oggetto);
  await lucia.getByLabel("Testo della lettera").fill("Gentile Sindaca, nel parco giochi manca l'acqua da bere.");
  await picture(lucia, "lettera-passo-2");
  await avanti(lucia).click();
  await send(lucia, "Invia la lettera");
  const { codice } = await fatto(lucia);
  await expect(lucia.getByRole("heading", { level: 1 })).toHaveText("Lettera inviata");

  const giulia = await come("operatore");
  await giulia.goto(`/ufficio?testo=${codice}`);
  await expect(giulia.getByRole("main")).toContainText("Nessuna pratica");

  const elena = await come("sindaco");
  await elena.goto(`/ufficio?testo=${codice}`);
  await elena.getByRole("link", { name: oggetto }).click();
  await elena.getByRole("button", { name: "Prendi in carico" }).click();
  await elena.getByRole("button", { name: "Avvia la lavorazione" }).click();
  await elena.getByLabel("Risposta per chi ha scritto").fill("La fontanella sarà installata in primavera.");
  await elena.getByRole("button", { name: "Concludi la pratica" }).click();
  await expect(elena.getByRole("status").filter({ hasText: "La risposta ha il numero di protocollo" })).toContainText(NUMERO);

  await lucia.getByRole("link", { name: "Segui la pratica" }).click();
  const answer = lucia.getByRole("region", { name: "La risposta del Comune" });
  await expect(answer).toContainText("installata in primavera");
  await expect(answer).toContainText(NUMERO);
  await picture(lucia, "lettera-risposta");
});

test("a request to the Comune gets a number and a date for the answer", async ({ come }) => {
  const lucia = await come("cittadino2");
  await lucia.goto("/servizi/richiesta-generica/richiedi");
  await privacy(lucia, prosegui);
  await expect(lucia.getByRole("heading", { level: 2, name: "I tuoi dati" })).toBeVisible();
  await prosegui(lucia).click();
  await lucia.getByLabel("Oggetto").fill("Copia di una delibera");
  await lucia.getByLabel("Richiesta", { exact: true }).fill("Chiedo copia della delibera sul piano del verde.");
  await lucia.getByLabel(/^Codice fiscale della persona/).fill("RSSMRA80A01H501X");
  await prosegui(lucia).click();
  await expect(lucia.getByLabel(/^Codice fiscale della persona/)).toHaveAttribute("aria-invalid", "true");
  await expect(lucia.getByLabel("Oggetto")).toHaveValue("Copia di una delibera");
  await lucia.getByLabel(/^Codice fiscale della persona/).fill("");
  await picture(lucia, "richiesta-passo-3");
  await lucia.getByRole("button", { name: "Salva e continua più tardi" }).click();
  await lucia.getByRole("link", { name: /^Riprendi/ }).first().click();
  await expect(lucia.getByLabel("Oggetto")).toHaveValue("Copia di una delibera");
  await prosegui(lucia).click();
  await send(lucia, "Conferma e invia");
  await fatto(lucia);
  await expect(lucia.getByRole("heading", { level: 1 })).toHaveText("Richiesta inviata");
  await expect(voce(lucia, "Risposta entro")).toContainText(/\d{4}/);
});

test("a form without words says what is missing, leads there and keeps what was written", async ({ come }) => {
  const lucia = await come("cittadino2");
  await lucia.goto("/segnala");
  await avanti(lucia).click();
  await expect(lucia.getByRole("alert")).toContainText("conferma di aver letto l'informativa");
  await privacy(lucia);
  await lucia.getByLabel("Titolo").fill("Tombino rotto");
  await avanti(lucia).click();

  const summary = lucia.getByRole("alert").filter({ hasText: "cose da correggere" });
  await expect(summary).toBeFocused();
  await expect(lucia).toHaveTitle(/^Da correggere:/);
  await expect(lucia.getByLabel("Titolo")).toHaveValue("Tombino rotto");
  await picture(lucia, "errori");
  const links = summary.getByRole("link");
  await expect(links).toHaveText([/^Indirizzo o luogo: /, /^Tipo di disservizio: /, /^Dettagli: /]);
  for (const link of await links.all()) {
    const target = await link.getAttribute("href");
    const field = lucia.locator(target);
    await link.click();
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAttribute("aria-describedby", new RegExp(`errore-${target.slice("#campo-".length)}`));
  }
});

test("words that call themselves a photo are refused kindly and nothing else is lost", async ({ come }) => {
  const lucia = await come("cittadino2");
  await lucia.goto("/segnala");
  await privacy(lucia);
  const report = { ...REPORT, titolo: "Lampione che ronza" };
  await compila(lucia, report);
  await lucia.getByLabel("Aggiungi un file").setInputFiles(notAPhoto);
  await avanti(lucia).click();
  await expect(lucia.getByRole("alert").getByRole("link")).toHaveAttribute("href", "#campo-file");
  await expect(lucia.locator("#errore-file")).toContainText("non corrisponde al suo nome");
  await expect(lucia.getByLabel("Indirizzo o luogo")).toHaveValue(report.indirizzo);
  await expect(lucia.getByLabel("Titolo")).toHaveValue(report.titolo);
  await expect(lucia.getByLabel("Dettagli")).toHaveValue(report.dettagli);
  await expect(lucia.getByLabel("Tipo di disservizio")).toHaveValue("illuminazione");
  await picture(lucia, "errore-file");

  // The real picture goes, is taken away, and goes again.
  await lucia.getByLabel("Aggiungi un file").setInputFiles(lamp());
  await lucia.getByRole("button", { name: "Carica il file" }).click();
  await expect(lucia.getByRole("list", { name: "File già caricati" })).toContainText("lampione.png");
  await lucia.getByRole("button", { name: "Togli lampione.png" }).click();
  await expect(lucia.getByRole("list", { name: "File già caricati" })).toHaveCount(0);
  await lucia.getByLabel("Aggiungi un file").setInputFiles(lamp());
  await avanti(lucia).click();
  await expect(lucia.getByRole("main")).toContainText("lampione.png");

  // Back from the summary: everything is still there.
  await lucia.getByRole("button", { name: "Indietro" }).click();
  await expect(lucia.getByLabel("Titolo")).toHaveValue(report.titolo);
  await expect(lucia.getByRole("list", { name: "File già caricati" })).toContainText("lampione.png");
});

for (const scripts of [true, false]) {
  test(`two clicks send one report, ${scripts ? "with" : "without"} scripts`, async ({ come }) => {
    const lucia = await come("cittadino2", { javaScriptEnabled: scripts });
    const titolo = `Cestino rovesciato, due volte ${scripts ? "in fretta" : "di fila"}`;
    await lucia.goto("/segnala");
    await privacy(lucia);
    await compila(lucia, { ...REPORT, titolo, categoria: "igiene-urbana" });
    await avanti(lucia).click();
    await lucia.getByRole("button", { name: "Invia la segnalazione" }).dblclick();
    const { protocollo } = await fatto(lucia);

    await lucia.getByRole("link", { name: "Vai alle tue pratiche" }).click();
    const cards = lucia.getByRole("article").filter({ hasText: titolo });
    await expect(cards).toHaveCount(1);
    await expect(cards).toContainText(protocollo);
  });
}

test("going back after sending does not send again", async ({ come }) => {
  const lucia = await come("cittadino2");
  const titolo = "Panchina senza schienale";
  await lucia.goto("/segnala");
  await privacy(lucia);
  await compila(lucia, { ...REPORT, titolo, categoria: "arredo-urbano" });
  await avanti(lucia).click();
  await send(lucia, "Invia la segnalazione");
  const { protocollo } = await fatto(lucia);
  const done = lucia.url();

  await lucia.goBack();
  await picture(lucia, "indietro-dopo-invio");
  const again = lucia.getByRole("button", { name: "Invia la segnalazione" });
  await expect(again).toBeVisible();
  // The page of before carries its key: sending it once more leads to the same case.
  await again.click();
  expect((await fatto(lucia)).protocollo).toBe(protocollo);
  expect(lucia.url()).toBe(done);
  await lucia.reload();
  await expect(voce(lucia, "Numero di protocollo")).toContainText(protocollo);

  await lucia.getByRole("link", { name: "Vai alle tue pratiche" }).click();
  await expect(lucia.getByRole("article").filter({ hasText: titolo })).toHaveCount(1);
});

test("whoever sits down after signing out finds nothing by going back", async ({ come }) => {
  const lucia = await come("cittadino2");
  await lucia.goto("/scrivi-al-sindaco");
  await privacy(lucia);
  await lucia.getByLabel("Oggetto").fill("Una cosa mia");
  await lucia.getByLabel("Testo della lettera").fill("Parole che leggono solo la Sindaca e la sua segreteria.");
  await avanti(lucia).click();
  await expect(lucia.getByRole("heading", { level: 2, name: "Riepilogo" })).toBeVisible();

  await lucia.locator("header details summary").click();
  await lucia.getByRole("button", { name: "Esci" }).click();
  await expect(lucia.getByRole("banner").getByRole("link", { name: /^Accedi/ })).toBeVisible();
  // The browser has nothing left to show and asks before it sends anything.
  await expect(lucia.goBack()).rejects.toThrow("ERR_CACHE_MISS");
  await expect(lucia.getByText("Una cosa mia")).toHaveCount(0);
});

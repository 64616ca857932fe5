// A request on its way: the office asks for what is missing, the citizen sends it, takes another one back; the saved data.

import { examples } from "./support/binary.mjs";
import { lamp } from "./support/files.mjs";
import { fill } from "./support/form.mjs";
import { expect, PHONE, picture, test } from "./support/people.mjs";
import { judge } from "./support/rules.mjs";
import { fatto, privacy, prosegui } from "./support/ways.mjs";

// One person has one draft of a service: these tests come one after the other, with a service that no other test leaves begun.
test.describe.configure({ mode: "default" });
const SERVIZIO = "accesso-atti";

const example = () => examples().find(({ servizio }) => servizio === SERVIZIO);

/** A request, as far as its case. */
async function chiedi(page) {
  const { modulo } = example();
  await page.goto(`/servizi/${SERVIZIO}/richiedi`);
  await privacy(page, prosegui);
  for (let passo = 0; !page.url().endsWith("/riepilogo"); passo += 1) {
    expect(passo).toBeLessThan(6);
    await fill(page, modulo);
    const before = page.url();
    await prosegui(page).click();
    await page.waitForURL((url) => url.href !== before);
  }
  await page.getByRole("button", { name: "Conferma e invia" }).last().click();
  const filed = await fatto(page);
  return { ...filed, pratica: new URL(page.url()).pathname.replace(/\/fatto$/, "") };
}

/** A day from now as a date field takes it. */
const traGiorni = (n) => new Date(Date.now() + n * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Europe/Rome" });

for (const scripts of [true, false]) {
  const way = scripts ? "with scripts" : "without scripts";
  const look = async (page, name) => {
    await picture(page, `${scripts ? "script" : "senza-script"}-${name}`);
    if (!scripts) return;
    const size = page.viewportSize();
    await judge(page, name);
    await page.setViewportSize(size);
  };

  test(`documents are asked for and sent, ${way}`, async ({ come }) => {
    const lucia = await come("cittadino2", { viewport: PHONE, javaScriptEnabled: scripts });
    const giulia = await come("operatore", { javaScriptEnabled: scripts });
    const { pratica } = await chiedi(lucia);

    await test.step("the office asks, and says until when", async () => {
      await giulia.goto(`/ufficio${pratica}`);
      await giulia.getByRole("button", { name: "Prendi in carico" }).click();
      await giulia.locator("summary", { hasText: "Scrivi che cosa manca" }).click();
      await giulia.getByRole("button", { name: "Chiedi i documenti" }).click();
      await expect(giulia.getByRole("alert")).toContainText("Scegli il giorno");
      await giulia.getByLabel("Che cosa manca").fill("La planimetria firmata\n- Una foto dello stato attuale");
      await giulia.getByLabel("Da inviare entro il").fill(traGiorni(10));
      await look(giulia, "ufficio-chiede");
      await giulia.getByRole("button", { name: "Chiedi i documenti" }).click();
      await expect(giulia.getByRole("status").filter({ hasText: "La richiesta di documenti è partita" })).toContainText(/\d{7}/);
      await expect(giulia.getByRole("main")).toContainText("Si attendono i documenti");
    });

    await test.step("the citizen reads what is missing and sends it", async () => {
      await lucia.goto(pratica);
      for (const words of ["Mancano dei documenti: puoi inviarli entro", "La planimetria firmata", "Una foto dello stato attuale"]) {
        await expect(lucia.getByRole("region", { name: "Documenti richiesti" })).toContainText(words);
      }
      await look(lucia, "integrazione-richiesta");
      await lucia.getByRole("link", { name: "Aggiungi i documenti" }).click();
      await lucia.getByRole("button", { name: "Invia i documenti" }).last().click();
      await expect(lucia.getByRole("alert").first()).toBeVisible();
      await lucia.getByLabel("La tua risposta all'ufficio").fill("La planimetria è nella foto.");
      await lucia.getByLabel("Aggiungi un file").setInputFiles(lamp("planimetria.png"));
      await lucia.getByRole("button", { name: "Carica il file" }).click();
      await expect(lucia.getByRole("list", { name: "File già caricati" })).toContainText("planimetria.png");
      await expect(lucia.getByLabel("La tua risposta all'ufficio")).toHaveValue("La planimetria è nella foto.");
      await look(lucia, "integrazione");
      await lucia.getByRole("button", { name: "Invia i documenti" }).last().click();
      await expect(lucia.getByRole("status").first()).toContainText("Abbiamo ricevuto i documenti: il numero di protocollo è");
      await look(lucia, "integrazione-fatta");
    });

    await test.step("the office has them", async () => {
      await giulia.reload();
      await expect(giulia.getByRole("main")).toContainText("La planimetria è nella foto.");
      const file = await giulia.request.get(await giulia.getByRole("link", { name: "planimetria.png" }).getAttribute("href"));
      expect(file.status()).toBe(200);
    });
  });

  test(`a request is taken back and filed again, ${way}`, async ({ come }) => {
    const lucia = await come("cittadino2", { viewport: PHONE, javaScriptEnabled: scripts });
    const { pratica } = await chiedi(lucia);
    await lucia.goto(pratica);
    await lucia.getByRole("link", { name: "Ritira la richiesta" }).click();
    await look(lucia, "ritira");
    await lucia.getByRole("link", { name: "No, torna alla pratica" }).click();
    await expect(lucia).toHaveURL(new RegExp(`${pratica}$`));
    await lucia.getByRole("link", { name: "Ritira la richiesta" }).click();
    await lucia.getByLabel("Perché la ritiri").fill("Ho risolto da sola.");
    await lucia.getByRole("button", { name: "Sì, ritira la richiesta" }).click();
    await expect(lucia.getByRole("status").first()).toContainText(/Hai ritirato la richiesta: il numero di protocollo è .*\d{7}/);
    await expect(lucia.getByRole("main")).toContainText("Ho risolto da sola.");
    await expect(lucia.getByRole("link", { name: "Ritira la richiesta" })).toHaveCount(0);
    await look(lucia, "ritirata");
    // From what was taken back, a new request begins with its answers.
    await lucia.locator(`form[action="${pratica}/ripresenta"] button`).click();
    await lucia.waitForURL(/\/bozze\/|\/richiedi/);
    await privacy(lucia, prosegui);
    await expect(lucia.getByRole("main")).toContainText("Lucia");
    await prosegui(lucia).click();
    const answers = Object.values(example().modulo).filter((value) => typeof value === "string");
    const kept = await lucia.locator('form[method=post] [name^="m."]').evaluateAll((all) => all.map((e) => e.value));
    expect(kept.filter((value) => value !== "" && answers.includes(value))).not.toEqual([]);
    // Nobody needs it: the next test begins anew.
    await lucia.goto("/area-personale");
    await lucia.getByRole("link", { name: /^Elimina/ }).first().click();
    await lucia.getByRole("button", { name: /^Elimina/ }).click();
    await expect(lucia.getByRole("status").first()).toBeVisible();
  });

  test(`the data saved for the next time, ${way}`, async ({ come }) => {
    const lucia = await come("cittadino2", { viewport: PHONE, javaScriptEnabled: scripts });
    await lucia.goto("/profilo");
    await expect(lucia.getByRole("heading", { level: 1 })).toHaveText("I miei dati");
    await look(lucia, "profilo");
    const gruppi = await lucia.locator('main a[href^="/profilo/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    expect(gruppi.length).toBeGreaterThan(1);
    for (const href of gruppi.filter((href) => !href.endsWith("/elimina"))) {
      await lucia.goto(href);
      await look(lucia, href.slice(1).replaceAll("/", "-"));
    }
  });
}

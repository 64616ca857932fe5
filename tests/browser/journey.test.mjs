// A broken street lamp, from the citizen's phone to the office, to the register and back.

import { lamp } from "./support/files.mjs";
import { DESKTOP, expect, PHONE, picture, test } from "./support/people.mjs";
import { avanti, compila, fatto, privacy, voce } from "./support/ways.mjs";

const ways = [
  { name: "on a phone", key: "telefono", civico: 14, viewport: PHONE, scripts: true },
  { name: "on a desk", key: "schermo", civico: 16, viewport: DESKTOP, scripts: true },
  { name: "on a phone without scripts", key: "senza-script", civico: 18, viewport: PHONE, scripts: false },
];

/** Puts the pin on the map, or writes the point where there is no map. */
async function punto(page, scripts) {
  const [lat, lon] = [page.getByLabel("Latitudine"), page.getByLabel("Longitudine")];
  if (!scripts) {
    await lat.fill("44.181500");
    await lon.fill("8.263200");
    return;
  }
  const map = page.getByRole("region", { name: /^Mappa/ });
  await map.scrollIntoViewIfNeeded();
  await map.click({ position: { x: 150, y: 120 } });
  await expect(map.getByAltText("Punto della segnalazione").or(map.locator(".segnaposto"))).toBeVisible();
  await expect(lat).toHaveValue(/^44\.\d{6}$/);
  await expect(lon).toHaveValue(/^8\.\d{6}$/);
}


for (const way of ways) {
  test(`a broken lamp ${way.name}`, async ({ come }) => {
    const options = { viewport: way.viewport, javaScriptEnabled: way.scripts };
    const shot = (page, name) => picture(page, `${way.key}-${name}`);
    const titolo = `Lampione spento al civico ${way.civico}`;
    const report = { indirizzo: `Via dei Tigli ${way.civico}`, titolo, dettagli: "È spento da tre giorni: la sera non si vede il marciapiede." };

    const mario = await come(null, options);
    let esito;
    await test.step("from the home page to the form, through the sign-in", async () => {
      await mario.goto("/");
      await shot(mario, "home");
      await mario.getByRole("main").getByRole("link", { name: /^Segnala/ }).first().click();
      await expect(mario).toHaveURL(/\/accedi\?torna=/);
      await shot(mario, "accedi");
      await mario.getByRole("button", { name: "Entra come Mario Rossi" }).click();
      await expect(mario).toHaveURL(/\/segnala$/);
      await expect(mario.getByRole("heading", { level: 1 })).toHaveText("Segnala un disservizio");
    });

    await test.step("three steps", async () => {
      await shot(mario, "passo-1");
      await privacy(mario);
      await expect(mario.getByRole("heading", { level: 2, name: "Dati della segnalazione" })).toBeVisible();
      await compila(mario, report);
      await punto(mario, way.scripts);
      await mario.getByLabel("Aggiungi un file").setInputFiles(lamp());
      if (way.scripts) await expect(mario.getByRole("img", { name: "Anteprima di lampione.png" })).toBeVisible();
      await shot(mario, "passo-2");
      await avanti(mario).click();
      await expect(mario.getByRole("heading", { level: 2, name: "Riepilogo" })).toBeVisible();
      for (const words of [report.indirizzo, report.titolo, report.dettagli, "Illuminazione pubblica", "lampione.png", "RSSMRA80A01H501U"]) {
        await expect(mario.getByRole("main")).toContainText(words);
      }
      await shot(mario, "passo-3");
      await mario.getByRole("button", { name: "Invia la segnalazione" }).click();
      esito = await fatto(mario);
      await expect(mario.getByRole("heading", { level: 1 })).toHaveText("Segnalazione inviata");
      await shot(mario, "fatto");
    });

    await test.step("the personal area holds it at once", async () => {
      await mario.getByRole("link", { name: "Vai alle tue pratiche" }).click();
      await expect(mario).toHaveURL(/\/area-personale\?dopo=\d+$/);
      const card = mario.getByRole("article").filter({ hasText: titolo });
      await expect(card).toHaveCount(1);
      await expect(card).toContainText(esito.codice);
      await expect(card).toContainText(esito.protocollo);
      await expect(card).toContainText("Protocollata");
      await shot(mario, "area-personale");
      await mario.getByRole("link", { name: titolo }).click();
      await expect(mario.getByRole("heading", { level: 1 })).toHaveText(titolo);
      await expect(voce(mario, "Numero di protocollo")).toContainText(esito.protocollo);
      const history = mario.getByRole("region", { name: "Come sta andando" });
      const happened = history.locator("li.avvenuta");
      await expect(happened.first()).toContainText("Segnalazione inviata");
      await expect(happened.filter({ hasText: "Ricevuta con numero di protocollo" })).toContainText(esito.protocollo);
      await expect(happened.filter({ hasText: "Presa in carico" })).toHaveCount(0);
      await shot(mario, "dettaglio");
      const photo = await mario.request.get(await mario.getByRole("link", { name: "lampione.png" }).getAttribute("href"));
      expect(photo.status()).toBe(200);
      expect(await photo.body()).toEqual(lamp().buffer);
    });
    const detail = mario.url();

    await test.step("the receipt", async () => {
      await mario.getByRole("link", { name: "Apri la ricevuta" }).click();
      await expect(mario.getByRole("main")).toContainText(esito.protocollo);
      await expect(mario.getByRole("main")).toContainText("lampione.png");
      await shot(mario, "ricevuta");
      await mario.goto(detail);
    });

    await test.step("the office takes charge, starts, concludes", async () => {
      const giulia = await come("operatore", options);
      await expect(giulia).toHaveURL(/\/ufficio$/);
      await shot(giulia, "ufficio");
      await giulia.getByRole("searchbox", { name: /^Cerca/ }).fill(esito.codice);
      await giulia.getByRole("button", { name: "Cerca" }).click();
      await giulia.getByRole("main").getByRole("link", { name: titolo }).click();
      await expect(giulia.getByRole("main")).toContainText(report.dettagli);
      await shot(giulia, "ufficio-pratica");
      await giulia.getByRole("button", { name: "Prendi in carico" }).click();
      await expect(giulia.getByRole("status").filter({ hasText: "Hai preso in carico la pratica." })).toBeVisible();
      await giulia.getByLabel("Messaggio per chi ha scritto").fill("La squadra passa domani mattina.");
      await giulia.getByRole("button", { name: "Avvia la lavorazione" }).click();
      await expect(giulia.getByRole("status").filter({ hasText: "La lavorazione è avviata." })).toBeVisible();
      await giulia.getByRole("button", { name: "Concludi la pratica" }).click();
      await expect(giulia.getByRole("alert").getByRole("link")).toHaveAttribute("href", "#campo-messaggio");
      await giulia.getByLabel("Risposta per chi ha scritto").fill("La lampada è stata sostituita con una a LED. Grazie!");
      await giulia.getByRole("button", { name: "Concludi la pratica" }).click();
      await expect(giulia.getByRole("status").filter({ hasText: "La pratica è conclusa." })).toBeVisible();
      await shot(giulia, "ufficio-conclusa");
    });

    await test.step("the citizen sees each step and the answer", async () => {
      await mario.reload();
      await expect(mario.getByRole("region", { name: "La risposta del Comune" })).toContainText("sostituita con una a LED");
      const history = mario.getByRole("region", { name: "Come sta andando" });
      await expect(history.locator("li.attesa")).toHaveCount(0);
      for (const words of ["Presa in carico", "Giulia Bianchi", "Lavorazione avviata", "La squadra passa domani mattina.", "Segnalazione conclusa"]) {
        await expect(history).toContainText(words);
      }
      await expect(mario.getByRole("main")).toContainText("Conclusa");
      await shot(mario, "dettaglio-conclusa");
    });

    await test.step("the register has the entry and its history", async () => {
      const paolo = await come("protocollo", options);
      await expect(paolo).toHaveURL(/\/protocollo$/);
      await shot(paolo, "registro");
      const row = paolo.getByRole("row").filter({ hasText: esito.protocollo });
      await expect(row).toContainText("In entrata");
      await row.getByRole("link").first().click();
      await expect(paolo.getByRole("heading", { level: 1 })).toContainText(esito.protocollo);
      await expect(paolo.getByRole("main")).toContainText("Mario Rossi");
      await expect(paolo.getByRole("main")).toContainText("Registrazione automatica dello sportello");
      await shot(paolo, "registrazione");
      await paolo.getByLabel("Assegnazione").selectOption({ label: "Polizia locale" });
      await paolo.getByLabel("Motivo").fill("Serve un sopralluogo della Polizia locale.");
      await paolo.getByRole("button", { name: "Registra la modifica" }).click();
      await expect(paolo.getByRole("main")).toContainText("Assegnazione modificata");
      await expect(paolo.getByRole("main")).toContainText("Serve un sopralluogo della Polizia locale.");
      await shot(paolo, "registrazione-modificata");
    });

    await test.step("the mail carries the number", async () => {
      const letter = mario.getByRole("link", { name: new RegExp(esito.protocollo.replace("/", "\\/")) }).or(mario.getByRole("link", { name: esito.codice }));
      // Mail is sent after the answer: the mailbox is read again until it is there.
      await expect(async () => {
        await mario.goto("/posta");
        await expect(letter.first()).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 15_000 });
      await shot(mario, "posta");
      await letter.last().click();
      await expect(mario.getByRole("main")).toContainText(esito.protocollo);
      await expect(mario.getByRole("main")).toContainText("mario.rossi@example.org");
      await shot(mario, "posta-messaggio");
    });
  });
}

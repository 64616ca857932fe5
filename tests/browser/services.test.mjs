// Every service of the catalogue, as a citizen without scripts asks for it: from its sheet to its receipt.

import { examples } from "./support/binary.mjs";
import { fill, lines, refused } from "./support/form.mjs";
import { expect, test } from "./support/people.mjs";
import { fatto, privacy, prosegui, voce } from "./support/ways.mjs";

const MESI = ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];

/** A day as pages write it: `6 marzo 2026`. */
function giorno(iso) {
  const [anno, mese, numero] = iso.split("-").map(Number);
  return `${numero} ${MESI[mese - 1]} ${anno}`;
}

/** Steps of a form, at most. */
const PASSI = 8;

for (const { servizio, nome, aperto, scadenza, modulo, file, sbaglio } of examples()) {
  test(`${servizio}: ${nome}`, async ({ come }) => {
    const mario = await come("cittadino", { javaScriptEnabled: false });
    await mario.goto(`/servizi/${servizio}`);
    await expect(mario.getByRole("heading", { level: 1 })).toHaveText(nome);
    if (!aperto) {
      await expect(mario.getByRole("main")).toContainText("Fuori dai termini");
      await mario.goto(`/servizi/${servizio}/richiedi`);
      expect(new URL(mario.url()).pathname).toBe(`/servizi/${servizio}`);
      return;
    }

    await mario.getByRole("main").locator("[data-element=service-online-access]").first().click();
    await expect(mario).toHaveURL(new RegExp(`/servizi/${servizio}/richiedi$`));
    await privacy(mario, prosegui);
    await expect(mario).toHaveURL(/\/dati$/);
    await prosegui(mario).click();

    let wrong = sbaglio;
    for (let passo = 0; !mario.url().endsWith("/riepilogo"); passo += 1) {
      expect(passo, `steps of ${servizio}, now ${mario.url()}`).toBeLessThan(PASSI);
      const step = mario.url().split(/[?#]/)[0];
      await expect(mario.locator("a[data-element=appointment-booking]").first()).toHaveAttribute("href", new RegExp(`servizio=${servizio}&ufficio=`));
      if (await fill(mario, modulo, wrong)) {
        const kept = await lines(mario, wrong.campo);
        await prosegui(mario).click();
        expect(mario.url().split(/[?#]/)[0]).toBe(step);
        await refused(mario, wrong, kept);
        wrong = null;
        await fill(mario, modulo);
      }
      await prosegui(mario).click();
      expect(mario.url().split(/[?#]/)[0], await mario.getByRole("main").innerText()).not.toBe(step);
    }
    expect(wrong, "the mistake was tried").toBeNull();

    await expect(mario.getByRole("heading", { level: 2, name: "Riepilogo" })).toBeVisible();
    await mario.getByRole("button", { name: "Conferma e invia" }).last().click();
    const { protocollo } = await fatto(mario);
    await expect(voce(mario, "Risposta entro")).toContainText(giorno(scadenza));

    const pratica = new URL(mario.url()).pathname.replace(/\/fatto$/, "");
    await mario.goto(pratica);
    await expect(voce(mario, "Numero di protocollo")).toContainText(protocollo);
    await expect(mario.getByRole("main")).toContainText(giorno(scadenza));
    await expect(mario.locator('main a[href*="/allegati/"]')).toHaveCount(file.length);
    const receipt = await mario.request.get(`${pratica}/ricevuta.pdf`);
    expect(receipt.status()).toBe(200);
    expect((await receipt.body()).subarray(0, 5).toString("latin1")).toBe("%PDF-");
  });
}

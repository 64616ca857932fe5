// The office's day: a booking made for somebody, moved and cancelled; numbers, the display of the waiting room; a closure.

import { DESKTOP, expect, PHONE, picture, test } from "./support/people.mjs";
import { frame, judge } from "./support/rules.mjs";

async function whole(page, name) {
  await frame(page, name);
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    await picture(page, `pagina-${name}`);
  }
  await judge(page, name);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a booking for somebody is made, moved and cancelled", async ({ come }) => {
      const giulia = await come("operatore");
      await giulia.goto("/ufficio");
      await giulia.getByRole("main").getByRole("link", { name: "Agenda degli appuntamenti" }).click();
      await giulia.goto("/ufficio/agenda/urp");
      await expect(giulia).toHaveURL(/\/ufficio\/agenda\/urp\/\d{4}-\d{2}-\d{2}$/);
      await giulia.getByRole("link", { name: "Prenota per qualcuno" }).click();
      await giulia.getByLabel("Per che cosa").selectOption({ index: 1 });
      await giulia.getByRole("button", { name: "Mostra gli orari" }).click();
      // The day may have nothing left: then the page names the first that has.
      const first = giulia.getByRole("main").locator(".riquadro a");
      if (await first.count()) await first.click();
      if (javaScriptEnabled) await whole(giulia, "agenda-prenota");
      // Both ways run at the same time on the same days: each takes times of its own.
      await giulia.locator("input[name=slot]").nth(javaScriptEnabled ? -1 : -4).check();
      await giulia.getByLabel("Motivo", { exact: true }).selectOption({ index: 1 });
      const cognome = javaScriptEnabled ? "Conti" : "Fabbri";
      await giulia.getByLabel("Nome", { exact: true }).fill("Ada");
      await giulia.getByLabel("Cognome").fill(cognome);
      await giulia.getByLabel(/^Telefono/).fill("0187 555 0101");
      await giulia.getByLabel("Al telefono").check();
      await giulia.getByRole("button", { name: "Prenota", exact: true }).click();
      await expect(giulia.getByRole("status")).toContainText("è prenotato per");
      const row = giulia.getByRole("row").filter({ hasText: `Ada ${cognome}` });
      await expect(row).toContainText("Prenotato al telefono");
      if (javaScriptEnabled) await whole(giulia, "agenda-giorno");

      await row.getByRole("link", { name: /^Sposta/ }).click();
      if (javaScriptEnabled) await whole(giulia, "agenda-sposta");
      await giulia.locator("input[name=slot]").nth(javaScriptEnabled ? 0 : 3).check();
      await giulia.getByLabel("Perché").fill("Lo sportello apre più tardi.");
      await giulia.getByRole("button", { name: "Sposta l'appuntamento" }).click();
      await expect(giulia.getByRole("status")).toContainText("L'appuntamento è spostato");

      await row.getByRole("link", { name: /^Annulla/ }).click();
      if (javaScriptEnabled) await whole(giulia, "agenda-annulla");
      await giulia.getByRole("button", { name: "Annulla l'appuntamento" }).click();
      await expect(giulia.locator("#errore-motivo")).toBeVisible();
      await giulia.getByLabel("Perché").fill("L'ufficio è chiuso.");
      await giulia.getByRole("button", { name: "Annulla l'appuntamento" }).click();
      await expect(giulia.getByRole("status")).toContainText("L'appuntamento è annullato");
      await expect(row).toHaveCount(0);
    });

    test("who comes without a booking gets a number, is called and served", async ({ come }) => {
      const giulia = await come("operatore");
      await giulia.goto("/ufficio/agenda/urp");
      await giulia.getByRole("button", { name: "Dai un numero" }).click();
      const said = await giulia.getByRole("status").first().innerText();
      const numero = said.match(/numero è (\d+)/)[1];
      const row = giulia.locator(`#turno-${numero}`);
      await expect(row).toContainText("Senza appuntamento");
      if (javaScriptEnabled) await whole(giulia, "agenda-oggi");
      await row.getByRole("button", { name: /^Chiama/ }).click();
      const visitor = await come(null);
      await visitor.goto("/monitor/urp?ferma=si");
      await expect(visitor.locator(".monitor-chiamati")).toContainText(numero);
      if (javaScriptEnabled) await judge(visitor, "monitor");
      await row.getByRole("button", { name: /^Concludi/ }).click();
      await expect(row).toHaveCount(0);
      await visitor.goto("/monitor/urp?ferma=si");
      await expect(visitor.getByRole("main")).toContainText("Nessun numero è allo sportello.");
    });
  });
}

test("who does not answer is called again, from the list of those who did not", async ({ come }) => {
  const giulia = await come("operatore");
  await giulia.goto("/ufficio/agenda/polizia-locale");
  await giulia.getByRole("button", { name: "Dai un numero" }).click();
  const said = await giulia.getByRole("status").first().innerText();
  const numero = said.match(/numero è (\d+)/)[1];
  const row = giulia.locator(`#turno-${numero}`);
  const aside = giulia.locator(`#senza-risposta-${numero}`);
  await row.getByRole("button", { name: /^Chiama/ }).click();
  await row.getByRole("button", { name: /^Non risponde/ }).click();
  await expect(row).toHaveCount(0);
  await expect(aside).toContainText("nessuno ha risposto");
  await whole(giulia, "agenda-non-risponde");
  const visitor = await come(null);
  await visitor.goto("/monitor/polizia-locale?ferma=si");
  await expect(visitor.locator(".monitor-chiamati")).toHaveCount(0);
  await aside.getByRole("button", { name: /^Chiama di nuovo/ }).click();
  await expect(aside).toHaveCount(0);
  await visitor.goto("/monitor/polizia-locale?ferma=si");
  await expect(visitor.locator(".monitor-chiamati")).toContainText(numero);
  await row.getByRole("button", { name: /^Concludi/ }).click();
  await expect(row).toHaveCount(0);
});

test("a case is opened from an appointment, and each shows the other", async ({ come }) => {
  const giulia = await come("operatore");
  await giulia.goto("/ufficio/agenda/tributi");
  await giulia.getByRole("link", { name: "Prenota per qualcuno" }).click();
  await giulia.getByLabel("Per che cosa").selectOption({ index: 1 });
  await giulia.getByRole("button", { name: "Mostra gli orari" }).click();
  const first = giulia.getByRole("main").locator(".riquadro a");
  if (await first.count()) await first.click();
  await giulia.locator("input[name=slot]").first().check();
  await giulia.getByLabel("Motivo", { exact: true }).selectOption({ index: 1 });
  await giulia.getByLabel("Nome", { exact: true }).fill("Irene");
  await giulia.getByLabel("Cognome").fill("Costa");
  await giulia.getByRole("button", { name: "Prenota", exact: true }).click();
  await giulia.getByRole("row").filter({ hasText: "Irene Costa" }).first().getByRole("link", { name: "Irene Costa", exact: true }).click();
  await giulia.getByText("Collega una pratica che c'è già").click();
  await giulia.getByLabel("Numero di protocollo o codice").fill("99999/2026");
  await giulia.getByRole("button", { name: "Collega la pratica" }).click();
  await expect(giulia.locator("#errore-riferimento")).toContainText("Questa pratica non c'è");
  await whole(giulia, "ufficio-appuntamento");
  // The address of the refusal leads back to the case, with its forms folded.
  await giulia.goto(giulia.url());
  await giulia.getByText("Apri una pratica da questo appuntamento").click();
  await giulia.getByLabel("Oggetto").fill("Copia di un avviso");
  await giulia.getByLabel("Che cosa chiede").fill("Chiede copia dell'avviso di pagamento dell'anno scorso.");
  await giulia.getByRole("button", { name: "Apri la pratica", exact: true }).click();
  await expect(giulia.getByRole("status")).toContainText(/numero di protocollo \d+\/\d{4}/);
  await expect(giulia.getByRole("heading", { level: 1 })).toHaveText("Copia di un avviso");
  await giulia.getByRole("region", { name: "Appuntamenti" }).getByRole("link").click();
  await expect(giulia.getByRole("region", { name: "L'appuntamento" })).toContainText("Riguarda la pratica: Copia di un avviso");
  await whole(giulia, "ufficio-appuntamento-collegato");
});

test("a day is closed with a reason and opened again", async ({ come }) => {
  const giulia = await come("operatore");
  await giulia.goto("/ufficio/agenda/urp?giorno=2031-01-08");
  await giulia.getByText("Chiudi la giornata", { exact: true }).click();
  await giulia.getByRole("button", { name: "Chiudi", exact: true }).click();
  await expect(giulia.locator("#errore-motivo")).toBeVisible();
  await giulia.getByLabel("Perché").fill("Sciopero");
  await giulia.getByRole("button", { name: "Chiudi", exact: true }).click();
  await expect(giulia.getByRole("main")).toContainText("Tutto l'ufficio è chiuso in questo giorno: Sciopero");
  await whole(giulia, "agenda-chiusa");
  await giulia.getByRole("button", { name: "Riapri" }).click();
  await expect(giulia.getByRole("main")).not.toContainText("Sciopero");
});

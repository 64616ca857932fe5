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

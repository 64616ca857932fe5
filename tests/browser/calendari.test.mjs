// The addresses under which programs of calendars read an office's agenda: opened for a device, revoked by themselves.

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

    // Both ways run at the same time: each has an office of its own.
    const office = javaScriptEnabled ? "anagrafe" : "urp";

    test("an address is opened, read by a program, and revoked", async ({ come }) => {
      const giulia = await come("operatore");
      await giulia.goto(`/ufficio/agenda/${office}`);
      await giulia.getByRole("link", { name: "Vedi l'agenda nel tuo calendario" }).click();
      await expect(giulia.getByRole("main")).toContainText("Nessun indirizzo attivo");
      if (javaScriptEnabled) await whole(giulia, "calendario-vuoto");
      for (const device of ["Telefono", "Computer"]) {
        await giulia.getByLabel(/^Su quale dispositivo/).fill(device);
        await giulia.getByRole("button", { name: "Crea indirizzo" }).click();
        await expect(giulia.getByRole("status")).toContainText("L'indirizzo è pronto");
      }
      if (javaScriptEnabled) await whole(giulia, "calendario");
      const [phone, computer] = await giulia.locator("[data-valore]").allTextContents();
      const path = (address) => new URL(address).pathname;
      expect(await (await giulia.request.get(path(phone))).text()).toContain("BEGIN:VCALENDAR");
      await giulia.getByRole("button", { name: /^Revoca ?: Telefono/ }).click();
      await expect(giulia.getByRole("status")).toContainText("L'indirizzo è revocato");
      await expect(giulia.getByRole("main")).not.toContainText("Telefono di");
      expect((await giulia.request.get(path(phone))).status()).toBe(410);
      expect((await giulia.request.get(path(computer))).status()).toBe(200);
    });
  });
}

// An appointment on a phone: booked from the home page, moved by the link of the mail, cancelled; with scripts and without.

import { expect, PHONE, picture, test } from "./support/people.mjs";
import { judge } from "./support/rules.mjs";
import { avanti } from "./support/ways.mjs";

const SERVIZIO = "Rilascio della carta d'identità elettronica";

const ways = [
  { name: "with scripts", nome: "Mario Rossi", scripts: true },
  { name: "without scripts", nome: "Lucia Ferri", scripts: false },
];

/** The page has no sideways scroll and nothing that axe finds; pictures of it for people. */
async function look(page, scripts, name) {
  await picture(page, `appuntamento-${scripts ? "script" : "senza-script"}-${name}`);
  if (!scripts) return;
  await judge(page, `appuntamento-${name}`);
  await page.setViewportSize(PHONE);
}

/** Takes a time of the day that is shown which is not taken already, and says which. */
async function scegli(page, which) {
  const times = page.getByRole("radio");
  await expect(times.first()).toBeVisible();
  const n = await times.count();
  const time = times.nth(Math.min(which, n - 1));
  await time.check();
  const id = await time.getAttribute("id");
  return (await page.locator(`label[for="${id}"]`).innerText()).trim();
}

for (const { name, nome, scripts } of ways) {
  test(`an appointment on a phone ${name}`, async ({ come }) => {
    const page = await come(null, { viewport: PHONE, javaScriptEnabled: scripts });
    const which = scripts ? 1 : 4;

    await test.step("from the home page to the first free times", async () => {
      await page.goto("/");
      await page.getByRole("main").locator("a[data-element=appointment-booking]").first().click();
      await expect(page).toHaveURL(/\/prenota-appuntamento$/);
      await look(page, scripts, "elenco");
      await page.getByLabel("Di che cosa hai bisogno?").fill("carta identita");
      await page.getByRole("button", { name: "Cerca", exact: true }).click();
      await page.getByRole("link", { name: SERVIZIO }).first().click();
      await expect(page).toHaveURL(/\/prenota-appuntamento\/luogo\?servizio=cie-rilascio/);
      await look(page, scripts, "luogo");
      await page.getByRole("link", { name: /^Vedi gli orari/ }).first().click();
      await expect(page.getByRole("heading", { name: "Scegli il giorno" })).toBeVisible();
      await look(page, scripts, "orario");
    });

    await test.step("a time without a choice is refused; the sign-in leads back to the one chosen", async () => {
      await avanti(page).click();
      await expect(page.getByRole("main")).toContainText("Scegli un orario.");
      await scegli(page, which);
      await avanti(page).click();
      await expect(page).toHaveURL(/\/accedi\?torna=/);
      await page.getByRole("button", { name: `Entra come ${nome}` }).click();
      await expect(page).toHaveURL(/\/prenota-appuntamento\/orario\?/);
      await expect(page.locator("input[name=slot]:checked")).toHaveCount(1);
      await avanti(page).click();
    });

    await test.step("details, person, summary", async () => {
      await expect(page).toHaveURL(/\/dettagli$/);
      await expect(page.getByRole("main")).toContainText("Teniamo questo posto per te fino alle");
      if (scripts) await expect(page.locator("[data-resta]")).toContainText(/Restano \d+:\d\d/);
      await avanti(page).click();
      await expect(page.getByRole("main")).toContainText("Scegli il motivo.");
      await page.getByLabel("Motivo").selectOption({ index: 2 });
      await page.getByLabel("Dettagli").fill("La carta scade a fine mese.");
      await look(page, scripts, "dettagli");
      await avanti(page).click();
      await expect(page).toHaveURL(/\/richiedente$/);
      await expect(page.getByLabel("Cognome")).toHaveAttribute("readonly", "");
      await look(page, scripts, "richiedente");
      await avanti(page).click();
      await expect(page).toHaveURL(/\/riepilogo$/);
      for (const words of [SERVIZIO, nome, "La carta scade a fine mese."]) await expect(page.getByRole("main")).toContainText(words);
      await look(page, scripts, "riepilogo");
      // The browser's own way back keeps what was written.
      await page.goBack();
      await page.goForward();
      await page.getByRole("button", { name: "Conferma l'appuntamento" }).click();
    });

    let pratica;
    await test.step("booked: code, what to bring, calendar", async () => {
      await page.waitForURL(/\/pratiche\/[0-9a-f-]+\/fatto\?dopo=\d+$/);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Appuntamento prenotato");
      await expect(page.getByRole("main")).toContainText("Che cosa portare");
      await look(page, scripts, "fatto");
      pratica = new URL(page.url()).pathname.replace(/\/fatto$/, "");
      const file = await page.request.get(`${pratica}/appuntamento.ics`);
      expect(file.headers()["content-type"]).toContain("text/calendar");
      const text = await file.text();
      for (const words of ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:", "DTSTART", "END:VCALENDAR"]) expect(text).toContain(words);
      await page.goto(pratica);
      await expect(page.getByRole("main")).toContainText("Lista d'attesa per un orario prima");
      await look(page, scripts, "caso");
    });

    let link;
    await test.step("the mail has the link", async () => {
      const codice = (await page.locator("dl > div").filter({ hasText: "AP" }).first().innerText()).match(/AP[-0-9A-Z]+/)[0];
      await expect(async () => {
        await page.goto("/posta");
        const messages = await page.getByRole("main").getByRole("link").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
        for (const href of messages.filter((href) => /^\/posta\/./.test(href)).slice(0, 20)) {
          await page.goto(href);
          const text = await page.getByRole("main").innerText();
          const found = text.match(/https?:\/\/\S+?(\/a\/[A-Za-z0-9._~-]+)/);
          if (text.includes(codice) && found) {
            link = found[1];
            return;
          }
        }
        throw new Error(`no message about ${codice} with a link`);
      }).toPass({ timeout: 30_000 });
    });

    await test.step("moved and cancelled by the link, by somebody who did not sign in", async () => {
      const guest = await come(null, { viewport: PHONE, javaScriptEnabled: scripts });
      await guest.goto(link);
      await expect(guest.getByRole("heading", { level: 1 })).toHaveText(SERVIZIO);
      await look(guest, scripts, "collegamento");
      const before = await guest.locator(".lead").innerText();
      await guest.getByRole("link", { name: "Sposta", exact: true }).click();
      await guest.getByRole("link", { name: /^Vedi gli orari/ }).first().click();
      await guest.locator(".giorni a").nth(1).click();
      await scegli(guest, which + 1);
      await avanti(guest).click();
      await expect(guest.getByRole("main")).toContainText("Nuovo orario");
      await look(guest, scripts, "sposta");
      await guest.getByRole("button", { name: "Sposta l'appuntamento" }).click();
      await expect(guest.getByRole("status").first()).toContainText("L'appuntamento è spostato.");
      expect(await guest.locator(".lead").innerText()).not.toBe(before);
      await guest.getByRole("link", { name: "Annulla l'appuntamento" }).click();
      await look(guest, scripts, "annulla");
      await guest.getByRole("button", { name: "Annulla l'appuntamento" }).click();
      await expect(guest.getByRole("main")).toContainText("Questo appuntamento è annullato.");
    });

    await test.step("its person sees it cancelled", async () => {
      await page.goto(pratica);
      await expect(page.getByRole("main")).toContainText("Annullata");
      await expect(page.getByRole("link", { name: "Prenota di nuovo" })).toBeVisible();
      await look(page, scripts, "annullato");
    });
  });
}

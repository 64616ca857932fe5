// Every page on the way: accessible with every fold open, at 1280 and at 320 px, in the fonts and with the frame of the design system.

import { notAPhoto } from "./support/files.mjs";
import { DESKTOP, expect, PHONE, picture, readmePicture, test } from "./support/people.mjs";
import { feedback, frame, judge, sheet } from "./support/rules.mjs";
import { avanti, compila, fatto, privacy, prosegui, send } from "./support/ways.mjs";

/** Judges a page at all widths and takes its pictures. */
async function whole(page, name) {
  await frame(page, name);
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    await picture(page, `pagina-${name}`);
  }
  await judge(page, name);
}

const PUBLIC = [
  ["/", "home"],
  ["/servizi", "servizi"],
  ["/servizi/segnalazione-disservizio", "servizio-segnalazione"],
  ["/servizi/lettera-al-sindaco", "servizio-lettera"],
  ["/servizi/richiesta-generica", "servizio-richiesta"],
  ["/amministrazione", "amministrazione"],
  ["/uffici", "uffici"],
  ["/novita", "novita"],
  ["/vivere-il-comune", "vivere"],
  ["/argomenti", "argomenti"],
  ["/prenota-appuntamento", "appuntamenti"],
  ["/prenota-appuntamento/luogo?servizio=cie-rilascio", "appuntamenti-luogo"],
  ["/assistenza", "assistenza"],
  ["/domande-frequenti", "domande"],
  ["/privacy", "privacy"],
  ["/accessibilita", "accessibilita"],
  ["/note-legali", "note-legali"],
  ["/condizioni-di-servizio", "condizioni"],
  ["/mappa-sito", "mappa-sito"],
  ["/accedi", "accedi"],
  ["/posta", "posta"],
];

for (const [path, name] of PUBLIC) {
  test(`public page ${path}`, async ({ come }) => {
    const page = await come(null);
    expect((await page.goto(path)).status()).toBe(200);
    await whole(page, name);
    if (path === "/" || name.startsWith("servizi") || ["amministrazione", "novita", "vivere"].includes(name)) {
      await feedback(page, name);
    }
    if (name.startsWith("servizio-")) await sheet(page, name);
    if (name === "servizi") {
      expect(await page.locator("[data-element=service-link]").count()).toBeGreaterThanOrEqual(3);
      await expect(page.locator("[data-element=service-category-link]").first()).toBeVisible();
      await expect(page.locator("a[data-element=appointment-booking]").first()).toHaveAttribute("href", /^\//);
    }
    if (name === "argomenti") await expect(page.locator("[data-element=topic-element]").first()).toBeVisible();
    if (name === "note-legali") {
      await expect(page.locator("[data-element=legal-notes-section]")).toHaveText("Licenza dei contenuti");
      await expect(page.locator("[data-element=legal-notes-body]")).toContainText("CC-BY 4.0");
    }
  });
}

test("pages of errors", async ({ come }) => {
  const page = await come(null);
  expect((await page.goto("/non-esiste")).status()).toBe(404);
  await whole(page, "errore-404");
  const mario = await come("cittadino");
  expect((await mario.goto("/protocollo")).status()).toBeGreaterThanOrEqual(403);
  await whole(mario, "errore-non-autorizzato");
});

test("the menu of the phone opens, closes and gives the focus back", async ({ come }) => {
  const page = await come(null);
  await page.goto("/");
  const button = page.getByRole("button", { name: "Menu", exact: true });
  await button.click();
  await expect(page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Servizi" })).toBeVisible();
  await picture(page, "menu-aperto");
  await judge(page, "menu");
  await page.setViewportSize(PHONE);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("navigation", { name: "Principale" })).toBeHidden();
  await expect(button).toBeFocused();
});

test("each step of a report, and what follows it", async ({ come }) => {
  test.slow();
  const lucia = await come("cittadino2");
  await lucia.goto("/segnala");
  await whole(lucia, "passo-privacy");
  await privacy(lucia);
  await whole(lucia, "passo-dati");
  await expect(lucia.locator("a[data-element=appointment-booking]").first()).toHaveAttribute("href", /servizio=segnalazione-disservizio&ufficio=urp$/);
  await lucia.getByLabel("Aggiungi un file").setInputFiles(notAPhoto);
  await avanti(lucia).click();
  await avanti(lucia).click();
  await whole(lucia, "passo-errori");
  // A category that may be dangerous: the page says whom to call.
  await compila(lucia, { indirizzo: "Via Roma 88", titolo: "Perdita d'acqua", dettagli: "L'acqua allaga la strada.", categoria: "acqua" });
  await avanti(lucia).click();
  await whole(lucia, "passo-riepilogo");
  await send(lucia, "Invia la segnalazione");
  await fatto(lucia);
  await whole(lucia, "fatto");
  await lucia.getByRole("link", { name: "Apri la ricevuta" }).click();
  await whole(lucia, "ricevuta");
});

test("the steps of a letter and of a request", async ({ come }) => {
  const lucia = await come("cittadino2");
  await lucia.goto("/scrivi-al-sindaco");
  await privacy(lucia);
  await whole(lucia, "passo-lettera");
  await lucia.goto("/servizi/richiesta-generica/richiedi");
  await whole(lucia, "passo-richiesta-privacy");
  await privacy(lucia, prosegui);
  await whole(lucia, "passo-richiesta");
  await prosegui(lucia).click();
  await whole(lucia, "passo-richiesta-campi");
  await prosegui(lucia).click();
  await whole(lucia, "passo-richiesta-errori");
  await lucia.goto("/area-personale");
  await whole(lucia, "area-personale-bozze");
});

test("a sheet, a category and a search among the services", async ({ come }) => {
  const lucia = await come("cittadino2");
  for (const [path, name] of [
    ["/servizi/permesso-ztl", "scheda-ztl"],
    ["/servizi/categoria/mobilita-e-trasporti", "categoria"],
    ["/servizi?testo=mensa", "ricerca"],
    ["/servizi?testo=zzzz", "ricerca-vuota"],
  ]) {
    await lucia.goto(path);
    await whole(lucia, name);
  }
});

test("the personal area and a case, now and in the past", async ({ come }) => {
  const mario = await come("cittadino");
  await mario.goto("/area-personale");
  await whole(mario, "area-personale");
  await mario.goto("/area-personale?stato=conclusa");
  await mario.getByRole("link", { name: "Lampione spento", exact: true }).click();
  const part = (name) => mario.getByRole("region", { name });
  await readmePicture(mario, part("La risposta del Comune"), part("Come sta andando"));
  await whole(mario, "dettaglio");
  await mario.getByLabel("Giorno e ora").fill("1999-12-31T23:59");
  await mario.getByRole("button", { name: "Mostra com'era" }).click();
  await expect(mario.getByRole("alert")).toContainText("In quel momento la pratica non c'era ancora");
  await whole(mario, "dettaglio-passato");
});

test("the desk of an office", async ({ come }) => {
  const giulia = await come("operatore");
  await whole(giulia, "scrivania");
  await giulia.goto("/ufficio?stato=presa-in-carico");
  await giulia.getByRole("main").locator("table tbody").last().getByRole("link").first().click();
  await whole(giulia, "scrivania-pratica");
  await giulia.goto("/segnala");
  await whole(giulia, "non-cittadino");
});

test("the register, an entry, the audit trail, what was not delivered", async ({ come }) => {
  const paolo = await come("protocollo");
  await whole(paolo, "registro");
  await paolo.getByRole("main").locator("table").getByRole("link").first().click();
  await whole(paolo, "registrazione");
  await paolo.goto("/protocollo/audit");
  await expect(paolo.getByRole("main").locator("table")).toBeVisible();
  await whole(paolo, "audit");
  await paolo.goto("/protocollo/notifiche");
  await whole(paolo, "notifiche");
});

test("a message of the mailbox, and thanks for a rating", async ({ come }) => {
  const page = await come(null);
  await page.goto("/posta");
  await page.getByRole("article").getByRole("link").first().click();
  await whole(page, "posta-messaggio");
  await page.goto("/");
  await page.locator("[data-element=feedback-rate-5]").click();
  await page.getByLabel("Le indicazioni erano chiare").check();
  await page.getByRole("button", { name: "Invia la valutazione" }).click();
  await expect(page).toHaveURL(/\/valutazione\/grazie/);
  await whole(page, "grazie");
});

test("no link of the pages leads nowhere", async ({ come }) => {
  test.slow();
  for (const chi of [null, "cittadino", "operatore", "protocollo"]) {
    const page = await come(chi);
    const start = chi ? page.url() : "/";
    const seen = new Map([[new URL(start, process.env.SPORTELLO_URL).pathname, "start"]]);
    const broken = [];
    for (const [path, from] of seen) {
      const answer = await page.request.get(path, { maxRedirects: 3 });
      // Who works for the Comune reads on the citizens' forms that they are for citizens: that page stands for itself.
      const forCitizens = answer.status() === 403 && (chi === "operatore" || chi === "protocollo");
      if (answer.status() >= 400 && !forCitizens) broken.push(`${answer.status()} ${path} (on ${from})`);
      if (!answer.headers()["content-type"]?.startsWith("text/html")) continue;
      for (const [, href] of (await answer.text()).matchAll(/<a [^>]*href="(\/[^"#?]*)/g)) {
        // One page of each kind is enough: cases, entries and messages are many.
        const kind = href.replace(/^(.*\/(?:pratiche|registrazioni|posta|protocollo|argomenti))\/[^/]+/, "$1/*");
        if (![...seen.keys()].some((k) => k.replace(/^(.*\/(?:pratiche|registrazioni|posta|protocollo|argomenti))\/[^/]+/, "$1/*") === kind)) seen.set(href, path);
      }
    }
    expect.soft(broken, `links as ${chi ?? "a visitor"}`).toEqual([]);
    expect.soft(seen.size).toBeGreaterThan(15);
  }
});

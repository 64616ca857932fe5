// A step of any form, filled in as a person without scripts does it: what is there, then "Aggiorna" for what it brings.

import { expect } from "@playwright/test";
import { lamp, paper } from "./files.mjs";

/** Rounds of filling in one step: an answer may bring questions, a question further items. */
const ROUNDS = 12;

const named = (page, name, within = "") => page.locator(`form[method=post] ${within}[name="${name}"]`);
const button = (page, value) => page.locator(`button[name=azione][value="${value}"]`);

/** What the fields of the step are, by name: in one look, for there are many. */
const look = (page) =>
  page.locator('form[method=post] [name^="m."]').evaluateAll((all) => {
    const fields = {};
    for (const e of all) {
      const kind = e.tagName === "SELECT" ? "select" : e.type;
      const kept = kind === "file" && e.closest("fieldset").querySelector('button[value^="file."]') !== null;
      const pdf = e.accept?.includes("pdf");
      const field = (fields[e.name] ??= { kind, seen: e.checkVisibility(), value: kind === "checkbox" ? [] : null, pdf, kept });
      if (kind === "checkbox") {
        if (e.checked) field.value.push(e.value);
      } else if (kind !== "radio" || e.checked) field.value = e.value;
    }
    return fields;
  });

/** An answer as people write it: amounts with a comma. */
const words = (value) => (value === null ? "" : /^-?\d+\.\d+$/.test(value) ? String(value).replace(".", ",") : String(value));

/** Writes one answer, unless it stands there already. */
async function write(page, name, { kind, value: now, pdf }, value) {
  const field = named(page, name);
  const one = (wanted) => named(page, name, `[value=${JSON.stringify(wanted)}]`);
  if (kind === "checkbox" && !Array.isArray(value)) {
    if ((value === true) !== now.length > 0) await field.setChecked(value === true);
  } else if (kind === "checkbox") {
    for (const wanted of value) if (!now.includes(wanted)) await one(wanted).check();
  } else if (kind === "file") await field.setInputFiles(pdf ? paper() : lamp());
  else if (now === (kind === "radio" ? value : words(value))) return;
  else if (kind === "select") await field.selectOption(value ?? "");
  else if (kind === "radio") await one(value).check();
  else await field.fill(words(value));
}

const plain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The names of the page for an answer, with what is written there. */
function parts(name, value) {
  if (plain(value)) return Object.entries(value).flatMap(([key, inner]) => parts(`${name}.${key}`, inner));
  if (Array.isArray(value) && value.some(plain)) return value.flatMap((item, i) => parts(`${name}.${i}`, item));
  return [[name, value]];
}

/** Presses a button that keeps the step and shows it again. */
async function press(page, one) {
  const answered = page.waitForResponse((response) => response.request().method() === "GET" && response.request().isNavigationRequest());
  await one.click();
  await answered;
}

/** Fills in what the step asks, `except` one field; says whether that field is on this page. */
export async function fill(page, answers, except) {
  let before = "";
  for (let round = 0; round < ROUNDS; round += 1) {
    const fields = await look(page);
    let more = null;
    let met = false;
    for (const [campo, value] of Object.entries(answers)) {
      const items = Array.isArray(value) && value.some(plain) ? value.length : 0;
      const count = page.locator(`input[name="n.${campo}"]`);
      if (items > 0 && (await count.count()) === 1 && Number(await count.inputValue()) < items) more ??= button(page, `aggiungi.${campo}`);
      for (const [name, written] of parts(`m.${campo}`, value)) {
        const field = fields[name];
        // A file that came along once is kept with the draft.
        if (field === undefined || field.kept) continue;
        if (!field.seen) {
          // Asked for only once another answer is known.
          more ??= page.locator('button[name=azione][value^="aggiorna."]:visible').first();
          continue;
        }
        const wrong = campo === except?.campo;
        met ||= wrong;
        await write(page, name, field, wrong ? except.valore : written);
      }
    }
    const now = Object.keys(fields).filter((name) => fields[name].seen).join();
    // What the answer that is left out would bring stays away.
    if (more === null || now === before || (await more.count()) === 0) return met;
    before = now;
    await press(page, more);
  }
  throw new Error(`the step ${page.url()} asks for more and more`);
}

/** The step refused one answer: told on top with a way there, told beside it, and everything else is still there. */
export async function refused(page, { campo, valore }, kept) {
  // Told on top, with a way there.
  const summary = page.getByRole("alert").filter({ hasText: /da correggere/ });
  await expect(summary).toBeVisible();
  await expect(page).toHaveTitle(/^Da correggere:/);
  const link = summary.locator(`a[href^="#campo-m.${campo}"]`).first();
  await expect(link).toBeVisible();
  const target = (await link.getAttribute("href")).slice(1);
  await expect(page.locator(`[id="${target}"]`)).toBeVisible();
  await expect(page.locator(`[id="errore-${target.slice("campo-".length)}"]`)).toBeVisible();
  if (valore !== null) await expect(named(page, `m.${campo}`)).toHaveValue(valore);
  for (const [name, value] of kept) await expect(named(page, name)).toHaveValue(value);
}

/** What stands in the visible lines and texts of a step. */
export async function lines(page, except) {
  const all = page.locator('form[method=post] :is(input[type=text], input[type=date], input[type=email], input[type=tel], textarea)[name^="m."]:visible');
  const found = await all.evaluateAll((fields) => fields.map((e) => [e.name, e.value]));
  return found.filter(([name, value]) => value !== "" && name !== `m.${except}` && !name.startsWith(`m.${except}.`));
}

// What no page may ever do: ask another host, break its own security policy, write an error to the console.

import { expect } from "@playwright/test";

/** A file that the page's script sends may be refused: the page says why, and the browser writes a line of its own. */
const refused = (url) => new URL(url).pathname === "/api/allegati";
const REFUSALS = [413, 415, 422];

/** Watches a page from its first request; the function returned says what went wrong so far. */
export async function watch(page, origin) {
  const wrong = [];
  const documents = new Set();
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (e) => console.error(`policy broken: ${e.violatedDirective} ${e.blockedURI}`));
  });
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:" && asked !== origin) wrong.push(`foreign request: ${request.url()}`);
    if (request.isNavigationRequest()) documents.add(request.url());
  });
  page.on("response", (response) => {
    const known = refused(response.url()) && REFUSALS.includes(response.status());
    if (response.status() >= 400 && !known && !response.request().isNavigationRequest()) {
      wrong.push(`${response.status()} for ${response.url()}`);
    }
  });
  page.on("pageerror", (error) => wrong.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // A page that answers 404 or 422 on purpose is a line of the browser's own in the console.
    const { url } = message.location();
    const answered =
      message.text().startsWith("Failed to load resource") && url !== "" && (documents.has(url) || refused(url));
    if (!answered) wrong.push(`console: ${message.text()} (${page.url()})`);
  });
  return () => expect(wrong, "requests, security policy and console").toEqual([]);
}

// The workbench of the developers: our own copy of GraphiQL, which asks no other host.

import { DESKTOP, expect, picture, test } from "./support/people.mjs";

test("GraphiQL runs a question and shows the answer", async ({ come }) => {
  const luca = await come(null, { viewport: DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  await luca.goto("/graphiql");
  const editor = luca.locator(".graphiql-query-editor .monaco-editor").first();
  await expect(editor).toBeVisible({ timeout: 30_000 });
  await luca.getByRole("button", { name: /^Execute query/ }).click();
  const answer = luca.locator(".result-window");
  await expect(answer).toContainText("queryType");

  // Pasted as a developer would: typed brackets are closed by the editor itself.
  await luca.evaluate(() => navigator.clipboard.writeText("query Comune { ente { nome } }"));
  await editor.click();
  await luca.keyboard.press("ControlOrMeta+A");
  await luca.keyboard.press("ControlOrMeta+V");
  // GraphiQL reads the new operation's name a moment after it was typed.
  await expect(async () => {
    await luca.keyboard.press("ControlOrMeta+Enter");
    await expect(answer).toContainText("Montelume", { timeout: 1_000 });
  }).toPass({ timeout: 10_000 });
  await picture(luca, "graphiql");
});

test("a token of the developer reads", async ({ request, baseURL }) => {
  const ask = async (query) => {
    const headers = { authorization: `Bearer ${process.env.SPORTELLO_TOKEN}` };
    return (await request.post(`${baseURL}/graphql`, { data: { query }, headers })).json();
  };
  const { data, errors } = await ask("{ ente { nome } utente { ruolo } }");
  expect(errors).toBeUndefined();
  expect(data.ente.nome).toBe("Montelume");
  expect(data.utente.ruolo).toMatch(/SVILUPPATORE/i);
});

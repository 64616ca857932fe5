// The GraphQL workbench, from our own host: editor, workers and styles are ours to serve, nothing is loaded from elsewhere.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const root = document.getElementById("graphiql");
const data = root.dataset;

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const address = { json: data.workerJson, graphql: data.workerGraphql }[label] ?? data.workerEditor;
    return new Worker(address, { name: label });
  },
};

const fetcher = createGraphiQLFetcher({ url: data.indirizzo, credentials: "same-origin" });
const query = document.getElementById("graphiql-domanda").content.textContent.trim();
// A comment until the visitor has a token: a made-up one would be refused.
const headers = '{\n  // "Authorization": "Bearer IL-TUO-TOKEN"\n}';

createRoot(root).render(
  createElement(GraphiQL, {
    fetcher,
    defaultQuery: `${query}\n`,
    defaultEditorToolsVisibility: "headers",
    defaultTheme: "light",
    defaultHeaders: headers,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);

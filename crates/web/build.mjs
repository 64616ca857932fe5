// Builds assets/dist from the packages of the lock file and assets/src: one trimmed style sheet, small scripts, a sprite of the icons
// that are used, fonts, licences; each under a name that carries the hash of its content, each with its brotli and gzip form.
// Run by `cargo xtask assets`.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const ROOT = dirname(fileURLToPath(import.meta.url));
const SRC = join(ROOT, "assets/src");
const READY = join(ROOT, "assets/dist");
// Built aside and put in place at the end: a build of the binary meanwhile never meets half a folder.
const DIST = join(ROOT, "node_modules/.dist-new");
const KIT = join(ROOT, "node_modules/bootstrap-italia");
const TARGET = ["es2022", "chrome111", "firefox113", "safari16.4"];

const MIME = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
};

const FONTS = {
  "titillium-regular.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-regular.woff2",
  "titillium-600.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-600.woff2",
  "titillium-700.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-700.woff2",
  "lora-regular.woff2": "Lora/lora-v20-latin-ext_latin-regular.woff2",
  "lora-700.woff2": "Lora/lora-v20-latin-ext_latin-700.woff2",
  "roboto-mono-regular.woff2": "Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2",
  "roboto-mono-700.woff2": "Roboto_Mono/roboto-mono-v13-latin-ext_latin-700.woff2",
};

/** Logical name -> { file, mime }. */
const manifest = {};
const zip = promisify(gzip);
const br = promisify(brotliCompress);
/** Above this size brotli's last levels cost minutes and win little. */
const SLOW_BROTLI = 1_500_000;

/** Writes `content` under its hashed name with its compressed forms; returns the hashed name. */
async function emit(name, content) {
  const bytes = Buffer.from(content);
  const extension = extname(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const file = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  if (!MIME[extension]) throw new Error(`no content type for ${name}`);
  manifest[name] = { file, mime: MIME[extension] };
  await writeFile(join(DIST, file), bytes);
  if (extension !== ".woff2" && bytes.length > 200) {
    const quality = bytes.length > SLOW_BROTLI ? 9 : 11;
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    await writeFile(join(DIST, `${file}.br`), await br(bytes, { params }));
    await writeFile(join(DIST, `${file}.gz`), await zip(bytes, { level: 9 }));
  }
  return file;
}

/** Text of every file below `folder` with one of the `extensions`. */
async function texts(folder, extensions) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && extensions.includes(extname(entry.name))) {
      found.push(await readFile(join(entry.parentPath ?? entry.path, entry.name), "utf8"));
    }
  }
  return found;
}

async function fonts() {
  let css = await readFile(join(SRC, "fonts.css"), "utf8");
  for (const [name, path] of Object.entries(FONTS)) {
    const file = await emit(name, await readFile(join(KIT, "dist/fonts", path)));
    css = css.replace(`"${name}"`, `"/static/${file}"`);
  }
  return css;
}

/** The kit's rules that our pages can use, then ours. Classes are looked for in templates, scripts and Rust sources. */
async function styles(content) {
  // A byte order mark inside the joined sheet would spoil the kit's first rule, the one with its version.
  const kit = (await readFile(join(KIT, "dist/css/bootstrap-italia.min.css"), "utf8")).replaceAll("\uFEFF", "");
  const [purged] = await new PurgeCSS().purge({
    content: content.map((raw) => ({ raw, extension: "html" })),
    css: [{ raw: kit }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_:/-]+/g) ?? [],
    variables: true,
    keyframes: true,
    fontFace: true,
    safelist: {
      // Built from a variable in the templates (h{{ livello }}, alert-{{ tipo }}, callout) or set by scripts and browsers.
      standard: ["html", "body", /^h[1-6]$/, /^alert-(success|info|warning|danger)$/, "success", "warning", "danger", "note", "show", "active"],
    },
  });
  // The kit's mark of its version, read by the conformity validator (C.SI.1.2); no rule of ours uses it, so it was trimmed above.
  const [version] = kit.match(/:root\{--bootstrap-italia-version:[^}]*\}/);
  const own = (await Promise.all(["site.css", "moduli.css", "pezzi.css"].map((f) => readFile(join(SRC, f), "utf8")))).join("\n");
  const { code } = await esbuild.transform(`${await fonts()}\n${version}\n${purged.css}\n${own}`, { loader: "css", minify: true, target: TARGET });
  await emit("sportello.css", code);
}

/** The symbols whose names occur in templates, scripts or Rust sources. */
async function sprite(content) {
  const used = new Set(content.flatMap((text) => text.match(/\bit-[a-z0-9-]+/g) ?? []));
  const all = await readFile(join(KIT, "dist/svg/sprites.svg"), "utf8");
  const symbols = [...all.matchAll(/<symbol id="(it-[a-z0-9-]+)".*?<\/symbol>/gs)].filter(([, id]) => used.has(id));
  await emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.map(([symbol]) => symbol).join("")}</svg>`);
}

async function bundle(entry, options = {}) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    outdir: DIST,
    format: "esm",
    target: TARGET,
    legalComments: "none",
    absWorkingDir: ROOT,
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".png": "dataurl", ".ttf": "dataurl", ".svg": "dataurl" },
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles;
}

async function scripts() {
  for (const name of ["sportello", "mappa"]) {
    const [out] = await bundle(join(SRC, `${name}.js`));
    await emit(`${name}.js`, out.contents);
  }
  const [leaflet] = await bundle(join(ROOT, "node_modules/leaflet/dist/leaflet.css"));
  await emit("leaflet.css", leaflet.contents);
}

async function graphiql() {
  for (const out of await bundle(join(SRC, "graphiql.js"))) await emit(`graphiql${extname(out.path)}`, out.contents);
  const [page] = await bundle(join(SRC, "graphiql-pagina.css"));
  await emit("graphiql-pagina.css", page.contents);
  for (const name of ["editor", "graphql", "json"]) {
    const [out] = await bundle(join(SRC, `worker-${name}.js`), { format: "iife" });
    await emit(`worker-${name}.js`, out.contents);
  }
}

/** Licence texts of all that is shipped, one file. */
async function licences() {
  const lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8"));
  const tools = new Set(["esbuild", "purgecss"]);
  const parts = [];
  for (const [path, info] of Object.entries(lock.packages)) {
    const name = path.replace(/^.*node_modules\//, "");
    const folder = join(ROOT, path);
    if (!path || tools.has(name) || name.startsWith("@esbuild/") || name.startsWith("@types/") || !existsSync(folder)) continue;
    const file = (await readdir(folder)).find((f) => /^(licen[cs]e|copying)/i.test(f));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    parts.push(`${name} ${info.version} (${info.license ?? "see text"})\n\n${text.trim()}`);
  }
  for (const text of ["Titillium_Web/OFL.txt", "Lora/OFL.txt", "Roboto_Mono/LICENSE.txt"]) {
    parts.push(`${text.split("/")[0].replace("_", " ")} (font)\n\n${(await readFile(join(KIT, "dist/fonts", text), "utf8")).trim()}`);
  }
  await emit("licenze.txt", `${parts.join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
}

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const content = [
  ...(await texts(join(ROOT, "templates"), [".html"])),
  ...(await texts(join(ROOT, "src"), [".rs"])),
  ...(await texts(SRC, [".js"])),
];
await styles(content);
await sprite(content);
await emit("favicon.svg", await readFile(join(SRC, "favicon.svg")));
await scripts();
await graphiql();
await licences();
const ordered = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(DIST, "manifest.json"), `${JSON.stringify(ordered, null, 1)}\n`);
for (const [name, { file }] of Object.entries(ordered)) {
  const raw = (await readFile(join(DIST, file))).length;
  const packed = existsSync(join(DIST, `${file}.br`)) ? (await readFile(join(DIST, `${file}.br`))).length : raw;
  console.log(`${name.padEnd(26)} ${String(raw).padStart(9)} B  ${String(packed).padStart(8)} B over the wire`);
}
await rm(READY, { recursive: true, force: true });
await rename(DIST, READY);

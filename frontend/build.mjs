// Builds everything in static/: scripts, styles, fonts, the icon sprite, and manifest.json, which maps a plain name
// (`app.css`) to the file with a hash in its name (`app-3F2A.css`). Run from anywhere: node frontend/build.mjs
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { iconNames, sprite } from "./icons.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const FRONTEND = path.join(ROOT, "frontend");
const STATIC = path.join(ROOT, "static");
const PARTS = ["base.css", "fonts.css", "tokens.css"]; // imported by app.css alone
const SHEETS = fs.readdirSync(path.join(FRONTEND, "css")).filter((name) => name.endsWith(".css") && !PARTS.includes(name));
const ENTRIES = ["app.ts", "workspace.ts", ...SHEETS.map((name) => `css/${name}`)];

// What a person downloads, in kB after gzip: a file over its budget stops the build.
const BUDGETS = { "app.css": 9.2, "screens.css": 7, "earnings.css": 2.2, "people.css": 1, "site.css": 4, "answers.css": 2, "workspace.css": 4.2, "review.css": 2, "chat.css": 3.2, "app.js": 26, "workspace.js": 45 };

/** Scripts, styles and the fonts they name, hashed by esbuild; returns plain name -> built name. */
async function bundle(folder) {
  const entries = ENTRIES.map((name) => path.join(FRONTEND, name)).filter((file) => fs.existsSync(file));
  const built = await esbuild.build({
    entryPoints: entries,
    outdir: folder,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    sourcemap: "linked",
    target: ["chrome123", "safari17.5", "firefox125"],
    entryNames: "[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  const names = {};
  for (const [file, { entryPoint, inputs }] of Object.entries(built.metafile.outputs)) {
    const source = entryPoint ?? (file.endsWith(".woff2") ? Object.keys(inputs)[0] : undefined);
    if (source && !file.endsWith(".map")) {
      const plain = path.basename(source).replace(/\.ts$/, ".js");
      names[plain] = path.relative(folder, path.resolve(ROOT, file)).split(path.sep).join("/");
    }
  }
  return names;
}

/** One file we make ourselves, under a name with its hash. */
function keep(folder, plain, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const { name, ext } = path.parse(plain);
  const file = `${name}-${hash}${ext}`;
  fs.writeFileSync(path.join(folder, file), content);
  return { [plain]: file };
}

function overBudget(folder, names) {
  return Object.entries(BUDGETS)
    .filter(([plain]) => plain in names)
    .map(([plain, most]) => [plain, gzipSync(fs.readFileSync(path.join(folder, names[plain])), { level: 9 }).length, most])
    .filter(([, bytes, most]) => bytes > most * 1000)
    .map(([plain, bytes, most]) => `${plain}: ${bytes} bytes after gzip, ${most} kB allowed`);
}

// Built beside and then swapped in, so that a running server never sees half a folder.
const fresh = `${STATIC}.new`;
fs.rmSync(fresh, { recursive: true, force: true });
fs.mkdirSync(fresh, { recursive: true });
const manifest = {
  ...(await bundle(fresh)),
  ...keep(fresh, "icons.svg", sprite(ROOT, iconNames(ROOT))),
  ...keep(fresh, "favicon.svg", fs.readFileSync(path.join(FRONTEND, "favicon.svg"))),
};
fs.writeFileSync(path.join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const over = overBudget(fresh, manifest);
if (over.length) throw new Error(over.join("\n"));
fs.rmSync(STATIC, { recursive: true, force: true });
fs.renameSync(fresh, STATIC);
console.log(`static/: ${Object.keys(manifest).length} names`);

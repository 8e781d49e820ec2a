// The icon sprite: one symbol per icon in use, from lucide-static (ISC).
import fs from "node:fs";
import path from "node:path";

const SOURCES = ["templates", "frontend", "app.py", "marketplace/chrome.py", "workspace/chrome.py"];
const QUOTED = /"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)"|'([a-z][a-z0-9]*(?:-[a-z0-9]+)*)'/g;
const JINJA = /\{[{%].*?[%}]\}/gs;

function files(target) {
  if (!fs.existsSync(target)) return [];
  if (fs.statSync(target).isFile()) return [target];
  return fs.readdirSync(target).flatMap((name) => files(path.join(target, name)));
}

/** Quoted words that may name an icon: inside Jinja's braces, in our scripts, in the lists of navigation. */
function words(file) {
  const text = fs.readFileSync(file, "utf8");
  if (file.endsWith(".html")) return (text.match(JINJA) ?? []).join("\n");
  return /\.(ts|py)$/.test(file) ? text : "";
}

const folder = (root) => path.join(root, "node_modules", "lucide-static", "icons");

/** Every icon that the templates, scripts or navigation name. */
export function iconNames(root) {
  const known = new Set(fs.readdirSync(folder(root)).map((name) => path.parse(name).name));
  const found = new Set();
  for (const file of SOURCES.flatMap((source) => files(path.join(root, source)))) {
    for (const [, double, single] of words(file).matchAll(QUOTED)) {
      if (known.has(double ?? single)) found.add(double ?? single);
    }
  }
  return [...found].sort();
}

/** The sprite: `<use href="icons.svg#i-bell">` draws one. */
export function sprite(root, names) {
  const symbols = names.map((name) => {
    const svg = fs.readFileSync(path.join(folder(root), `${name}.svg`), "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${inner.replaceAll(/\s*\n\s*/g, "").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

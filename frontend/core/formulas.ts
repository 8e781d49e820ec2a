// Formulas: typeset as MathML, which needs no style and no font. Loaded only where a page has `.math`; without it, and
// where a formula cannot be set, the source stands on the page.
import katex from "katex";
import { bare, mayBeSet } from "./formula_source.ts";

const WAITING = ".math:not([data-set])";
const AT_ONCE = 40;

/** Typeset every formula inside, some at a time so that a page full of them stays usable. */
export function typeset(inside: ParentNode): void {
  const waiting = [...inside.querySelectorAll<HTMLElement>(WAITING)];
  for (const place of waiting.slice(0, AT_ONCE)) set(place);
  if (waiting.length > AT_ONCE) window.setTimeout(() => typeset(inside), 0);
}

function set(place: HTMLElement): void {
  const source = place.textContent ?? "";
  const formula = bare(source);
  place.dataset["set"] = "source";
  if (!formula || !mayBeSet(formula.tex)) return;
  const drawn = document.createElement("span");
  try {
    katex.render(formula.tex, drawn, {
      output: "mathml",
      displayMode: formula.display,
      throwOnError: true,
      strict: false,
      trust: false,
      maxExpand: 200,
      maxSize: 10,
    });
  } catch {
    return; // the source stays
  }
  place.dataset["set"] = "drawn";
  place.replaceChildren(...drawn.childNodes);
}

/** The source of a formula as it stands on the page: what of it is TeX, and whether drawing it hides anything. */

export interface Formula {
  tex: string;
  display: boolean;
}

const PAIRS: readonly [string, string, boolean][] = [
  ["$$", "$$", true],
  ["\\[", "\\]", true],
  ["\\(", "\\)", false],
  ["$", "$", false],
];

/** The TeX between the signs; undefined when the signs are not there. */
export function bare(source: string): Formula | undefined {
  const text = source.trim();
  for (const [open, close, display] of PAIRS) {
    if (text.length <= open.length + close.length || !text.startsWith(open) || !text.endsWith(close)) continue;
    return { tex: text.slice(open.length, -close.length), display };
  }
  return undefined;
}

// What could hide words from a person that a model reads, or put them over others: such a formula stays source.
const HIDES = [
  /(^|[^\\])(\\\\)*%/, // a comment
  /\\[hv]?phantom|\\smash/,
  /\\(math)?[lrc]lap(?![a-zA-Z])/,
  /\\(text)?color(box)?(?![a-zA-Z])|\\fcolorbox|\\pmb/,
  /\\(kern|mkern|hskip|mskip|hspace|raisebox|vcenter)/,
  /\\(tiny|scriptscriptstyle)/,
  /\\[gex]?def(?![a-zA-Z])|\\(re)?newcommand|\\providecommand|\\(future)?let(?![a-zA-Z])|\\(global|long)(?![a-zA-Z])/,
  /\\(@|char|htmlData|htmlClass|htmlId|htmlStyle|href|url|includegraphics)/,
];

/** Whether a drawn formula shows everything that its source says. */
export function mayBeSet(tex: string): boolean {
  return !HIDES.some((pattern) => pattern.test(tex));
}

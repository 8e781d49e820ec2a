const WAITING = ".math:not([data-set])";

/** Typeset the formulas of the page, and those that come later with a preview or an update; loads nothing without any. */
export function watchFormulas(): void {
  let soon = false;
  const look = (): void => {
    if (soon || !document.querySelector(WAITING)) return;
    soon = true;
    void import("./formulas.ts")
      .then(({ typeset }) => typeset(document))
      .catch(() => undefined) // offline: the source is readable
      .finally(() => {
        soon = false;
      });
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
}

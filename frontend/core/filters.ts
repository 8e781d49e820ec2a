interface Asked {
  elt: Element;
  requestConfig: { triggeringEvent?: Event };
}

/** On a phone the filters stay open while they are chosen; their button shows the jobs. */
export function watchFilters(): void {
  let isChoosing = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig } = (event as CustomEvent<Asked>).detail;
    const chosen = requestConfig.triggeringEvent;
    isChoosing = chosen?.type === "change" && chosen.target instanceof Element && chosen.target.closest(".filters") !== null;
  });
  for (const moment of ["htmx:afterSwap", "htmx:afterSettle"]) {
    // settling gives the new element its own classes again
    document.addEventListener(moment, () => document.querySelector(".filters")?.classList.toggle("open", isChoosing));
  }
}

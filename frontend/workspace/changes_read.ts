/** Reading an edit: from one numbered change to the next, by buttons or keys. */
import { $$ } from "./work.ts";

/** Watch the buttons that jump between the changes on this page. */
export function watchChanges(): void {
  const rows = $$("[data-said-change]");
  let at = -1;
  for (const button of $$("[data-jump]")) {
    button.addEventListener("click", () => {
      if (!rows.length) return;
      const by = Number(button.dataset["jump"]);
      at = (at < 0 && by < 0 ? rows.length - 1 : at + by + rows.length) % rows.length;
      for (const mark of $$(".differences [data-change]")) {
        mark.classList.toggle("now", mark.dataset["change"] === rows[at]?.dataset["saidChange"]);
      }
      rows[at]?.focus();
      rows[at]?.scrollIntoView({ block: "nearest" });
    });
  }
}

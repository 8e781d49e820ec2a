// The review screen and the desk of appeals: keys press their controls, the verdict can be taken back with Z, reading keeps the lock.
import { post } from "../core/http.ts";
import { Keys } from "../core/keys.ts";
import { watchChanges } from "./changes_read.ts";
import { watchDrawers, watchKeyList, watchUndoToasts } from "./panels.ts";
import { $, $$ } from "./work.ts";

const RENEW_MS = 60_000;

/** Start the review screen; the element with `data-renew` names the address that keeps the lock. */
export function openReview(): void {
  const keys = new Keys(localStorage);
  watchDrawers();
  watchKeyList(keys);
  watchUndoToasts();
  watchChanges();
  for (const radio of $$<HTMLInputElement>("input[type=radio][aria-keyshortcuts]")) {
    keys.on(radio.getAttribute("aria-keyshortcuts") ?? "", () => choose(radio));
  }
  keys.on("Control+Enter", () => sendOpen(), true);
  keepLock($("[data-renew]")?.dataset["renew"]);
}

/** A key of a radio chooses it. */
function choose(radio: HTMLInputElement): void {
  radio.click();
  radio.focus();
}

/** Ctrl+Enter sends the form somebody is writing in; one that asks once more opens its question first. */
function sendOpen(): boolean {
  const form = document.activeElement?.closest("form");
  if (!form) return false;
  const asks = document.activeElement?.closest("dialog, [popover]") ? null : $("[data-asks]", form);
  if (asks) asks.click();
  else form.requestSubmit();
  return true;
}

/** The lock lasts while somebody reads, types or points. */
function keepLock(url: string | undefined): void {
  if (!url) return;
  let moved = false;
  for (const kind of ["pointermove", "keydown", "scroll"]) {
    document.addEventListener(kind, () => (moved = true), { passive: true, capture: true });
  }
  window.setInterval(() => {
    if (moved) void post(url, {});
    moved = false;
  }, RENEW_MS);
}

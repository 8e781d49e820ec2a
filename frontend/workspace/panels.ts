/** Drawers beside the content, the search in the guideline, and the list of keys. */
import { post } from "../core/http.ts";
import { change, type Keys } from "../core/keys.ts";
import { say } from "../core/live.ts";
import { toast } from "../core/toast.ts";
import { $, $$ } from "./work.ts";

/** One drawer at a time; opening moves the focus to its heading, closing gives it back. */
export function watchDrawers(): void {
  for (const drawer of $$(".drawer")) {
    drawer.addEventListener("toggle", (event) => {
      const open = (event as ToggleEvent).newState === "open";
      const button = $(`.wrail [popovertarget="${drawer.id}"]`);
      button?.setAttribute("aria-expanded", String(open));
      if (!open) {
        if (document.activeElement === document.body || drawer.contains(document.activeElement)) button?.focus();
        return;
      }
      for (const other of $$(".drawer:popover-open")) if (other !== drawer) other.hidePopover();
      if (button) looked(drawer, button);
      $("h2", drawer)?.focus();
    });
  }
  for (const link of $$<HTMLAnchorElement>("[data-clause]")) link.addEventListener("click", (event) => openClause(event, link));
  const search = $<HTMLInputElement>("#clause-search");
  search?.addEventListener("input", () => filterClauses(search.value));
}

/** A clause that a note names: the guideline opens at it. */
function openClause(event: Event, link: HTMLAnchorElement): void {
  const [drawer, clause] = [$("#guideline"), $(link.hash)];
  if (!drawer || !clause) return;
  event.preventDefault();
  drawer.showPopover();
  clause.hidden = false;
  clause.scrollIntoView({ block: "start" });
}

/** What is new in a drawer is not any more once it was opened. */
function looked(drawer: HTMLElement, button: HTMLElement): void {
  const list = $<HTMLElement>("[data-seen]", drawer);
  if (!list?.dataset["seen"]) return;
  void post(list.dataset["seen"], {}).then(({ status }) => {
    if (status !== 204) return;
    list.dataset["seen"] = "";
    for (const sign of $$(".dot, [data-dot]", button)) sign.remove();
  });
}

/** Toasts of the server that offer to undo: gone when their time is over, unless somebody is about to press. */
export function watchUndoToasts(): void {
  for (const box of $$("[data-seconds].toast")) {
    const end = Date.now() + Number(box.dataset["seconds"]) * 1000;
    const timer = window.setInterval(() => {
      if (Date.now() < end || box.matches(":hover, :focus-within")) return;
      window.clearInterval(timer);
      box.remove();
    }, 250);
  }
}

/** Close what lies over the page; false when nothing did. */
export function closeDrawer(): boolean {
  const open = $(".drawer:popover-open");
  open?.hidePopover();
  return open !== null;
}

function filterClauses(words: string): void {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const clauses = $$("#clauses > li");
  for (const clause of clauses) {
    const text = (clause.textContent ?? "").toLowerCase();
    clause.hidden = !wanted.every((word) => text.includes(word));
  }
  const none = $("#clause-none");
  if (none) none.hidden = clauses.some((clause) => !clause.hidden);
}

/** The list of keys: switch them off, change one, put them back. Kept on this device. */
export function watchKeyList(keys: Keys): void {
  const box = $<HTMLInputElement>("#keys-on");
  const buttons = $$<HTMLButtonElement>(".keytable button[data-key]");
  const paint = (): void => {
    if (box) box.checked = !keys.choice.off;
    for (const button of buttons) {
      const key = button.dataset["key"] ?? "";
      const name = (keys.choice.map[key] ?? key).toUpperCase();
      button.textContent = name;
      button.classList.remove("wait");
      button.setAttribute("aria-label", (button.getAttribute("aria-label") ?? "").replace(/: .*/, `: ${name}. Change`));
    }
  };
  box?.addEventListener("change", () => keys.set({ ...keys.choice, off: !box.checked }));
  $("#keys-reset")?.addEventListener("click", () => {
    keys.set({ off: false, map: {} });
    paint();
    say("Keys are as they were");
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      paint();
      button.classList.add("wait");
      say("Press the letter you want");
    });
    button.addEventListener("blur", () => button.classList.remove("wait"));
    button.addEventListener("keydown", (event) => {
      if (!button.classList.contains("wait") || ["Tab", "Escape", "Shift"].includes(event.key)) return;
      event.preventDefault();
      const ours = buttons.map((other) => other.dataset["key"] ?? "");
      const next = change(keys.choice, button.dataset["key"] ?? "", event.key.toLowerCase(), ours);
      if (next) keys.set(next);
      else toast("That key is taken. Press another letter.");
      paint();
    });
  }
  paint();
}

/** How an edit is shown while one works: the merged text, the head line, and which parts are open. */
import { say } from "../core/live.ts";
import type { Shown, Tally } from "./difference.ts";
import { unitsOf } from "./tokens.ts";
import { $, $$ } from "./work.ts";

const VIEWS = { both: "Edit and changes", edit: "Edit", changes: "Changes" } as const;
type View = keyof typeof VIEWS;

/** The edited text with what is gone struck and what is new underlined. */
export function drawDifference(place: HTMLElement | null, edited: string, all: Shown[]): void {
  const units = unitsOf(edited, all.flatMap(({ b }) => b));
  const parts: (Node | string)[] = [];
  let from = 0;
  all.forEach(({ gone, fresh }, index) => {
    const [start = 0, end = 0] = [units[2 * index], units[2 * index + 1]];
    const lead = /^ */.exec(gone && fresh ? "" : gone + fresh)?.[0] ?? ""; // spaces before a change are no part of it
    parts.push(edited.slice(from, start), lead, ...mark("del", gone.slice(lead.length), index), ...mark("ins", fresh.slice(lead.length), index));
    from = end;
  });
  place?.replaceChildren(...parts, edited.slice(from));
}

function mark(name: "del" | "ins", words: string, index: number): HTMLElement[] {
  if (!words) return [];
  const made = document.createElement(name);
  made.dataset["change"] = String(index + 1);
  made.textContent = words.trim() ? words : `↵${words}`;
  return [made];
}

/** `+36 −26 words in 5 changes, 92 % kept`. */
export function drawHeadLine(place: HTMLElement | null, { added, removed, kept }: Tally, count: number): void {
  if (!place) return;
  const [plus, minus] = ["plus", "minus"].map((name) => {
    const made = document.createElement("span");
    made.className = name;
    return made;
  });
  if (plus) plus.textContent = `+${added}`;
  if (minus) minus.textContent = `−${removed}`;
  place.replaceChildren(plus ?? "", " ", minus ?? "", ` words in ${count} ${count === 1 ? "change" : "changes"}, ${kept} % kept`);
  place.hidden = count === 0;
}

/** Wide windows cycle through three views with one button; a phone has three tabs. */
export class Views {
  private view: View = "both";
  private readonly hasChanges: () => boolean;

  constructor(hasChanges: () => boolean) {
    this.hasChanges = hasChanges;
    $("#view")?.addEventListener("click", () => this.cycle());
    for (const tab of $$("[data-tab]")) tab.addEventListener("click", () => this.open(tab.dataset["tab"] ?? "edit"));
    $("#problems")?.addEventListener("click", (event) => this.reveal(event), { capture: true });
    this.open("edit");
  }

  /** Show what belongs to the view: the difference as soon as there is one, the original else. */
  apply(): void {
    const tab = document.body.dataset["part"];
    const phone = window.matchMedia("(max-width: 760px)").matches;
    const changed = this.hasChanges() && (phone ? tab !== "original" : this.view !== "edit");
    const [original, difference] = [$("#original"), $("#difference")];
    if (original) original.hidden = changed;
    if (difference) difference.hidden = !changed;
    document.body.dataset["view"] = this.view;
    const words = $("#view b");
    if (words) words.textContent = VIEWS[this.view];
  }

  /** One of the tabs of a phone; wide windows leave the view that hides what is asked for. */
  open(tab: string): void {
    document.body.dataset["part"] = tab;
    for (const button of $$("[data-tab]")) button.setAttribute("aria-pressed", String(button.dataset["tab"] === tab));
    if ((tab === "edit" && this.view === "changes") || (tab === "changes" && this.view === "edit")) this.view = "both";
    this.apply();
  }

  private cycle(): void {
    const names = Object.keys(VIEWS) as View[];
    this.view = names[(names.indexOf(this.view) + 1) % names.length] ?? "both";
    this.apply();
    say(VIEWS[this.view]);
  }

  /** A problem stands in a part that may be shut: open it before the focus goes there. */
  private reveal(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
    const place = link?.dataset["place"] ?? "";
    if (place.startsWith("hunks")) this.open("changes");
    else if (place === "edited") this.open("edit");
  }
}

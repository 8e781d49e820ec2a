/** The responses of a ranking: going to one, tabs on phones, layouts, and which were read to their end. */
import { say } from "../core/live.ts";
import { $, $$, tick, ticked, type Frame } from "./work.ts";

const MANY = 5; // from so many on, two are compared at a time
const NAMES: Record<string, string> = { grid: "side by side", rows: "one below the other", pair: "two at a time" };

export class Responses {
  private readonly frame: Frame;
  private readonly pick: (id: string) => void;
  private pair: string[] = [];

  constructor(frame: Frame, pick: (id: string) => void) {
    this.frame = frame;
    this.pick = pick;
    this.pair = $$("[data-resp]").slice(0, 2).map((card) => card.dataset["resp"] ?? "");
    for (const tab of $$("[data-tab]")) tab.addEventListener("click", () => this.show(tab.dataset["tab"] ?? ""));
    for (const card of $$("[data-resp]")) card.addEventListener("focus", () => pick(card.dataset["resp"] ?? ""));
    this.watchEnds();
    this.marks();
  }

  /** Show this response and put the focus on it. */
  go(id: string): void {
    this.show(id);
    $(`[data-resp="${id}"]`)?.focus();
    this.pick(id);
  }

  show(id: string): void {
    if (!this.pair.includes(id)) this.pair = [...this.pair.slice(-1), id];
    const phone = window.matchMedia("(max-width: 760px)").matches;
    const pair = $(".resps")?.dataset["layout"] === "pair" && !phone;
    for (const card of $$("[data-resp]")) {
      const name = card.dataset["resp"] ?? "";
      card.classList.toggle("show", pair ? this.pair.includes(name) : name === id);
    }
    for (const tab of $$("[data-tab]")) {
      const name = tab.dataset["tab"] ?? "";
      tab.setAttribute("aria-pressed", String(pair ? this.pair.includes(name) : name === id));
    }
  }

  /** A small tick on every response that was read to its end. */
  marks(): void {
    const seen = ticked(this.frame.form, "seen");
    for (const mark of $$("[data-read]")) mark.hidden = !seen.includes(mark.dataset["read"] ?? "");
  }

  private watchEnds(): void {
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting && entry.target instanceof HTMLElement) this.read(entry.target.dataset["end"] ?? "");
      }
    });
    for (const end of $$("[data-end]")) watcher.observe(end);
  }

  private read(id: string): void {
    const seen = ticked(this.frame.form, "seen");
    if (!id || seen.includes(id)) return;
    tick(this.frame.form, "seen", [...seen, id]);
    this.marks();
  }
}

const place = (): string => `layout:${$("#answer")?.dataset["project"] ?? ""}`;

/** The layout somebody chose for this project, else the one for so many responses. */
export function firstLayout(count: number): void {
  const names = count >= MANY ? ["pair", "grid", "rows"] : ["grid", "rows"];
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(place());
  } catch {
    // nothing is kept on this device
  }
  const set = (name: string): void => {
    const all = $(".resps");
    if (all) all.dataset["layout"] = name;
    $(".rtabs")?.classList.toggle("pair", name === "pair");
    $(`[data-tab][aria-pressed="true"]`)?.click();
  };
  set(kept !== null && names.includes(kept) ? kept : (names[0] ?? "grid"));
  $("#layout")?.addEventListener("click", () => {
    const now = names.indexOf($(".resps")?.dataset["layout"] ?? "");
    const next = names[(now + 1) % names.length] ?? "grid";
    set(next);
    say(`Responses ${NAMES[next] ?? ""}`);
    try {
      localStorage.setItem(place(), next);
    } catch {
      // it holds until the page is left
    }
  });
}

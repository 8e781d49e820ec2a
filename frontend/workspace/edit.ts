// Editing a response: a plain text box, the word difference as one types, what was wrong with each change.
import { say } from "../core/live.ts";
import { ChangeRows } from "./change_rows.ts";
import { changes, tally, type Shown } from "./difference.ts";
import { drawDifference, drawHeadLine, Views } from "./edit_view.ts";
import { Remarks, type Placed } from "./remarks.ts";
import { unitsOf } from "./tokens.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";
import { countWords } from "./words.ts";

const REST_MS = 120;

class Editor implements Work {
  private readonly frame: Frame;
  private readonly text: HTMLTextAreaElement;
  private readonly original: string;
  private readonly rows: ChangeRows;
  private readonly remarks = new Remarks();
  private readonly views: Views;
  private shown: Shown[] = [];
  private looked: string | null = null;
  private timer = 0;
  private at = -1;

  constructor(frame: Frame, text: HTMLTextAreaElement, rows: ChangeRows) {
    this.frame = frame;
    this.text = text;
    this.rows = rows;
    this.original = JSON.parse($("#original")?.dataset["original"] ?? '""') as string;
    this.views = new Views(() => this.shown.length > 0);
    text.addEventListener("input", () => this.soon());
    $("#change-next")?.addEventListener("click", () => this.jump(1));
    $("#change-previous")?.addEventListener("click", () => this.jump(-1));
    $("#changes")?.addEventListener("click", (event) => this.clicked(event));
    $("#changes")?.addEventListener("focusin", (event) => (this.at = this.indexOf(event.target)));
    frame.keys.on("u", () => this.revert(this.at));
    this.look(true);
  }

  answer(): Record<string, unknown> {
    this.look();
    const { form } = this.frame;
    const said = this.rows.placed;
    return {
      edited: this.text.value,
      no_edit: ticked(form, "no_edit").length > 0,
      no_edit_reason: valueOf(form, "no_edit_reason") || null,
      summary: valueOf(form, "summary"),
      hunks: this.shown.map(({ op, a, b }, index) => {
        const { tags = [], source = "", note = "" } = said[index]?.remark ?? {};
        return { op, a, b, tags, source: source || null, note: note || null };
      }),
      edit_words: this.shown.reduce((sum, { fresh }) => sum + countWords(fresh), 0),
    };
  }

  restore(answer: Record<string, unknown>): void {
    const { form } = this.frame;
    this.text.value = typeof answer["edited"] === "string" ? answer["edited"] : this.original;
    for (const name of ["summary", "no_edit_reason"]) {
      const box = field<HTMLTextAreaElement>(form, name);
      if (box) box.value = typeof answer[name] === "string" ? answer[name] : "";
    }
    tick(form, "no_edit", answer["no_edit"] === true ? ["1"] : []);
    this.draw(changes(this.original, this.text.value), kept(answer["hunks"]));
  }

  /** The box has its own undo; these reach it from elsewhere. */
  undo(): boolean {
    return this.history("undo");
  }

  redo(): boolean {
    return this.history("redo");
  }

  private history(step: "undo" | "redo"): boolean {
    this.text.focus();
    return document.execCommand(step);
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), REST_MS);
  }

  /** Find the changes again, unless nothing was typed since; the first time the server has drawn them. */
  private look(first = false): void {
    window.clearTimeout(this.timer);
    if (this.looked === this.text.value) return;
    const found = changes(this.original, this.text.value);
    if (first && this.rows.adopt(found)) this.show(found);
    else this.draw(found, this.rows.placed);
  }

  private draw(found: Shown[], before: Placed[]): void {
    this.rows.draw(found, this.remarks.carry(found, before));
    this.show(found);
  }

  private show(found: Shown[]): void {
    this.shown = found;
    this.looked = this.text.value;
    drawDifference($("#difference"), this.text.value, found);
    drawHeadLine($("#head-line"), tally(this.original, found), found.length);
    const none = $("#changed-none");
    if (none) none.hidden = found.length > 0;
    for (const place of $$("[data-changes]")) place.textContent = String(found.length);
    this.views.apply();
  }

  private indexOf(target: EventTarget | null): number {
    const row = target instanceof Element ? target.closest<HTMLElement>(".change") : null;
    return row ? this.rows.all.indexOf(row) : -1;
  }

  private clicked(event: Event): void {
    if (event.target instanceof Element && event.target.closest("[data-revert]")) this.revert(this.indexOf(event.target));
  }

  /** Go to another change: its row gets the focus, and its words are marked in the text. */
  private jump(by: 1 | -1): void {
    this.look();
    const { all } = this.rows;
    if (!all.length) return say("Nothing is changed yet");
    if (getComputedStyle($("#at-hunks") ?? document.body).display === "none") this.views.open("changes");
    this.at = (this.at < 0 && by < 0 ? all.length - 1 : this.at + by + all.length) % all.length;
    for (const mark of $$("#difference [data-change]")) mark.classList.toggle("now", mark.dataset["change"] === String(this.at + 1));
    all[this.at]?.focus();
    all[this.at]?.scrollIntoView({ block: "nearest" });
    $("#difference .now")?.scrollIntoView({ block: "nearest" });
  }

  /** Put the words of the original back, as a step of the box's own undo where the browser lets us. */
  private revert(index: number): boolean {
    this.look();
    const change = this.shown[index];
    if (!change) return false;
    const [start = 0, end = 0] = unitsOf(this.text.value, change.b);
    this.text.focus();
    this.text.setSelectionRange(start, end);
    const done = change.gone ? document.execCommand("insertText", false, change.gone) : document.execCommand("delete");
    if (!done) this.text.setRangeText(change.gone, start, end, "end");
    this.look();
    this.frame.changed();
    say(`Change ${index + 1} reverted`);
    (this.rows.all[Math.min(index, this.rows.all.length - 1)] ?? this.text).focus();
    return true;
  }
}

/** Remarks of a kept answer with their places. */
function kept(hunks: unknown): Placed[] {
  if (!Array.isArray(hunks)) return [];
  return (hunks as Record<string, unknown>[]).flatMap((hunk) => {
    const [from, to] = Array.isArray(hunk?.["a"]) ? (hunk["a"] as unknown[]) : [];
    if (typeof from !== "number" || typeof to !== "number") return [];
    const tags = Array.isArray(hunk["tags"]) ? hunk["tags"].filter((tag) => typeof tag === "string") : [];
    const [source, note] = ["source", "note"].map((name) => (typeof hunk[name] === "string" ? hunk[name] : ""));
    return [{ a: [from, to], remark: { tags, source: source ?? "", note: note ?? "" } }];
  });
}

/** Editing on this page. */
export const start: Start = (frame) => {
  const text = field<HTMLTextAreaElement>(frame.form, "edited");
  const [list, pattern] = [$("#changes"), $<HTMLTemplateElement>("#change-row")];
  if (!text || !list || !pattern) throw new Error("the page has no text to edit");
  return new Editor(frame, text, new ChangeRows(list, pattern));
};

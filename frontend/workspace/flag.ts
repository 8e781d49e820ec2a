// Flagging: words are chosen in the text, every flag has a row in the panel, every other sentence is ticked.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import { Choice } from "./flag_choose.ts";
import { blankFlag, Rows, type Flag } from "./flag_rows.ts";
import { Page, type Mark } from "./flag_text.ts";
import { flaggedIn, open, Text, type Range } from "./spans.ts";
import { $, $$, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";

const KEYS = 9;

interface State {
  flags: Flag[];
  checked: string[];
  noneFound: boolean;
  verdict: string;
}

class Board implements Work {
  private readonly frame: Frame;
  private readonly text: Text;
  private readonly sentences: readonly Range[];
  private readonly page: Page;
  private readonly rows: Rows;
  private readonly choice: Choice;
  private readonly history = new History<State>();
  private here = 0;
  private made = 0;
  private before: State;

  constructor(frame: Frame) {
    this.frame = frame;
    const box = $("#flagtext");
    this.text = new Text(JSON.parse(box?.dataset["text"] ?? '""') as string);
    this.sentences = JSON.parse(box?.dataset["sentences"] ?? "[]") as Range[];
    this.page = new Page(this.text, this.sentences);
    this.rows = new Rows(this.text);
    this.choice = new Choice({
      text: this.text,
      sentences: this.sentences,
      page: this.page,
      here: () => this.here,
      go: (sentence) => this.go(sentence),
      make: (range, type) => this.make(range, type),
    });
    this.made = this.rows.read().length;
    this.here = this.left()[0] ?? 0;
    this.before = this.state();
    this.watch();
    this.draw();
  }

  answer(): Record<string, unknown> {
    const { flags, checked, noneFound, verdict } = this.state();
    return {
      none_found: noneFound,
      spans: flags.map((flag) => ({
        field: "response",
        ...this.placeOf(flag),
        type: flag.type || null,
        severity: flag.severity || null,
        correction: flag.correction.trim() || null,
        cannot_verify: flag.cannotVerify,
        evidence: [...new Set(flag.evidence.split("\n").map((line) => line.trim()).filter(Boolean))],
        confidence: Number(flag.sure) || null,
      })),
      sentences_checked: checked.map(Number),
      verdict: verdict || null,
    };
  }

  restore(answer: Record<string, unknown>): void {
    const spans = Array.isArray(answer["spans"]) ? (answer["spans"] as Record<string, unknown>[]) : [];
    const numbers = Array.isArray(answer["sentences_checked"]) ? answer["sentences_checked"].map(String) : [];
    this.become({
      flags: spans.map((span) => this.flagOf(span)),
      checked: numbers,
      noneFound: answer["none_found"] === true,
      verdict: typeof answer["verdict"] === "string" ? answer["verdict"] : "",
    });
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  private placeOf(flag: Flag): Record<string, unknown> {
    if (flag.end <= flag.start) return { text: flag.quote, prefix: flag.before };
    const { start, end } = flag;
    return { start, end, text: this.text.slice(start, end), ...this.text.around(flag) };
  }

  private flagOf(span: Record<string, unknown>): Flag {
    const words = (name: string): string => (typeof span[name] === "string" ? span[name] : "");
    const place = { start: Number(span["start"]) || 0, end: Number(span["end"]) || 0 };
    const placed = place.end > place.start;
    return {
      ...blankFlag(this.key(), place),
      quote: placed ? "" : words("text"),
      before: placed ? "" : words("prefix"),
      type: words("type"),
      severity: words("severity"),
      correction: words("correction"),
      cannotVerify: span["cannot_verify"] === true,
      evidence: Array.isArray(span["evidence"]) ? span["evidence"].join("\n") : "",
      sure: span["confidence"] ? String(span["confidence"]) : "",
    };
  }

  private key(): string {
    this.made += 1;
    return `k${this.made}`;
  }

  private state(): State {
    const { form } = this.frame;
    return {
      flags: this.rows.read(),
      checked: ticked(form, "sentence"),
      noneFound: ticked(form, "none_found").length > 0,
      verdict: valueOf(form, "verdict"),
    };
  }

  /** Show this state; what is typed in rows that stay is left alone unless `whole`. */
  private become(to: State, whole = true): void {
    const { form } = this.frame;
    const there = new Set(this.rows.read().map((flag) => flag.key));
    this.rows.show(sorted(to.flags));
    for (const flag of to.flags) this.rows.fill(flag, !whole && there.has(flag.key));
    tick(form, "sentence", to.checked);
    tick(form, "none_found", to.noneFound ? ["1"] : []);
    tick(form, "verdict", [to.verdict]);
    this.before = this.state();
    this.draw();
  }

  private travel(to: State | undefined, word: string): boolean {
    if (!to) {
      say("Nothing to undo", true);
      return false;
    }
    this.become(to, false);
    this.frame.changed();
    say(`${word}. ${counted(to.flags.length)}`, true);
    return true;
  }

  /** One step that can be undone. */
  private step(change: (state: State) => State): void {
    const now = this.state();
    this.history.keep(now);
    this.become(change(now), false);
    this.frame.changed();
  }

  private make(range: Range, type: string): void {
    const flag = { ...blankFlag(this.key(), { start: range[0], end: range[1] }), type };
    this.step((state) => ({ ...state, flags: [...state.flags, flag], noneFound: false }));
    const row = this.rows.row(flag.key);
    row?.scrollIntoView({ block: "nearest" });
    (row && $("input[type=radio]", row))?.focus({ preventScroll: true });
    say(`Flagged ${this.text.slice(...range)}. Minor or major?`, true);
  }

  private remove(key: string): void {
    const flags = sorted(this.state().flags);
    const at = flags.findIndex((flag) => flag.key === key);
    if (at < 0) return;
    this.step((state) => ({ ...state, flags: state.flags.filter((flag) => flag.key !== key) }));
    const next = flags[at + 1] ?? flags[at - 1];
    const target = next ? $("select", this.rows.row(next.key) ?? document.body) : this.page.box;
    target?.focus({ preventScroll: true });
    say(`Flag ${at + 1} removed. Undo brings it back.`, true);
  }

  /** Nothing is wrong in the sentence one is in; then the next one that is left. */
  private check(): void {
    const left = this.left();
    const number = left.includes(this.here) ? this.here : left[0];
    if (number === undefined) {
      say("Every sentence is checked or flagged", true);
      return;
    }
    this.step((state) => ({ ...state, checked: [...state.checked, String(number)] }));
    const rest = this.left();
    this.go(rest.find((other) => other > number) ?? rest[0] ?? number);
    say(`Sentence ${number + 1} checked. ${rest.length ? `${rest.length} left` : "None left"}`, true);
  }

  private left(): number[] {
    return open(this.sentences, ticked(this.frame.form, "sentence").map(Number), this.rows.read());
  }

  private go(sentence: number): void {
    this.here = Math.max(0, sentence);
    this.marks();
    this.page.sentence(this.here)?.scrollIntoView({ block: "nearest" });
  }

  private draw(): void {
    this.page.draw(this.rows.read().map((flag) => this.markOf(flag)));
    this.marks();
  }

  /** What is done and what is left, wherever it is shown. */
  private marks(): void {
    const flags = this.rows.read();
    const checked = new Set(ticked(this.frame.form, "sentence").map(Number));
    const flagged = new Set(this.sentences.flatMap((range, number) => (flaggedIn(range, flags) ? [number] : [])));
    this.page.state(this.here, (number) => checked.has(number), (number) => flagged.has(number));
    for (const chip of $$<HTMLElement>("[data-chip]")) chip.classList.toggle("flagged", flagged.has(Number(chip.dataset["chip"])));
    for (const place of $$("[data-open]")) place.textContent = String(this.left().length);
    for (const place of $$("[data-flags]")) place.textContent = String(flags.length);
    const none = $("#flag-none");
    if (none) none.hidden = flags.length > 0;
  }

  private markOf(flag: Flag): Mark {
    const row = this.rows.row(flag.key);
    const type = row && $<HTMLSelectElement>("select", row);
    const words = type && flag.type ? (type.selectedOptions[0]?.textContent ?? "") : "no type yet";
    return { ...flag, major: flag.severity === "major", words: [words.toLowerCase(), flag.severity].filter(Boolean).join(", ") };
  }

  /** The flag somebody is at: in the text or in the panel. */
  private active(): string | null {
    const at = document.activeElement;
    return at instanceof HTMLElement ? (at.closest<HTMLElement>("[data-flag]")?.dataset["flag"] ?? null) : null;
  }

  private setType(index: number): boolean {
    const type = $$("#flag-menu [data-type]")[index]?.dataset["type"];
    const key = this.active();
    if (type === undefined) return false;
    if (this.choice.waits) this.choice.take(type);
    else if (key !== null) this.step((state) => ({ ...state, flags: state.flags.map((flag) => (flag.key === key ? { ...flag, type } : flag)) }));
    else return false;
    return true;
  }

  private watch(): void {
    document.addEventListener("change", (event) => this.changed(event));
    document.addEventListener("click", (event) => this.clicked(event));
    this.page.box?.addEventListener("keydown", (event) => {
      const key = event.target instanceof HTMLElement ? event.target.dataset["flag"] : undefined;
      if (key === undefined || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      this.toRow(key);
    });
    $("#sentence-checked")?.addEventListener("click", () => this.check());
    const { keys } = this.frame;
    for (let index = 0; index < KEYS; index += 1) keys.on(String(index + 1), () => this.setType(index));
    keys.on("Delete", () => {
      const key = this.active();
      if (key !== null) this.remove(key);
      return key !== null;
    });
  }

  /** A label, tick or verdict was changed by hand: one step of undo, with what it was before. */
  private changed(event: Event): void {
    const control = event.target;
    const ours = control instanceof HTMLInputElement || control instanceof HTMLSelectElement;
    if (!ours || control.form !== this.frame.form || !/^(type|severity|cannot_verify|sure|sentence|none_found|verdict)(-|$)/.test(control.name)) return;
    this.history.keep(this.before);
    this.before = this.state();
    this.draw();
  }

  private clicked(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const key = event.target.closest<HTMLElement>("[data-flag]")?.dataset["flag"];
    if (key === undefined) return;
    if (event.target.closest("[data-remove]")) this.remove(key);
    else if (event.target.closest("[data-jump]")) this.toText(key);
    else if (event.target.closest("mark") && getSelection()?.isCollapsed !== false) this.toRow(key);
  }

  private toRow(key: string): void {
    const row = this.rows.row(key);
    row?.scrollIntoView({ block: "nearest" });
    (row && $("select", row))?.focus({ preventScroll: true });
  }

  private toText(key: string): void {
    const mark = this.page.mark(key);
    mark?.scrollIntoView({ block: "center" });
    mark?.focus({ preventScroll: true });
  }
}

/** In the order of the text; what has no place yet comes last. */
function sorted(flags: readonly Flag[]): Flag[] {
  const rank = (flag: Flag): number => (flag.end > flag.start ? flag.start : Infinity);
  return [...flags].sort((one, other) => (rank(one) === rank(other) ? one.end - other.end : rank(one) - rank(other)));
}

function counted(count: number): string {
  return count === 1 ? "1 flag" : `${count} flags`;
}

/** Flagging on this page. */
export const start: Start = (frame) => new Board(frame);

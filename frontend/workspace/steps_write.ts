// Writing steps like an outline: Enter makes one, Tab a part of one, Backspace takes an empty one away.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import * as outline from "./outline.ts";
import type { Rows } from "./outline.ts";
import { $, $$, field, tick, valueOf, type Frame, type Work } from "./work.ts";

const LEAST = 2;
const DEEPEST = 3; // as deep as the page shows; deeper ones stand there too
const TEXTS = ["step_text", "step_formula", "step_source"] as const;

interface State {
  rows: Rows;
  texts: Map<number, string[]>;
}

export class Outline implements Work {
  private readonly frame: Frame;
  private readonly list: HTMLElement;
  private readonly blank: HTMLElement;
  private readonly items = new Map<number, HTMLElement>();
  private readonly history = new History<State>();
  private rows: Rows = [];
  private next = 1;
  /** The step that Enter has just made: only there does Tab not lead on. */
  private fresh = 0;

  constructor(frame: Frame) {
    const list = $(".own-steps");
    const last = list?.lastElementChild;
    if (!list || !(last instanceof HTMLElement)) throw new Error("the page has no steps to write");
    this.frame = frame;
    this.list = list;
    this.blank = last.cloneNode(true) as HTMLElement;
    const parents = $$<HTMLSelectElement>("select", list).map(({ value }) => Number(value) || null);
    const keys = $$(".own-step", list).map((item) => this.adopt(item));
    this.rows = outline.start(keys, parents);
    while (this.rows.length > LEAST && this.isEmpty(this.rows.at(-1)?.key ?? 0)) this.rows = this.rows.slice(0, -1);
    this.watch();
    this.draw();
  }

  answer(): Record<string, unknown> {
    const { form } = this.frame;
    const steps = outline.numbered(this.rows, this.filled()).map(({ key, id, parent }) => {
      const [text = "", formula = "", source = ""] = this.texts(key);
      return { id, parent, text, formula: formula.trim() || null, source: source.trim() || null };
    });
    return { mode: "write", steps, final_answer: valueOf(form, "final_answer") || null, finish: valueOf(form, "finish") || null };
  }

  restore(answer: Record<string, unknown>): void {
    const steps = Array.isArray(answer["steps"]) ? (answer["steps"] as Record<string, unknown>[]) : [];
    const keys = steps.map(() => this.make());
    steps.forEach((step, index) => this.fill(keys[index] ?? 0, ["text", "formula", "source"].map((name) => textOf(step?.[name]))));
    while (keys.length < LEAST) keys.push(this.make());
    this.rows = outline.start(keys, steps.map((step) => Number(step?.["parent"]) || null));
    const final = field(this.frame.form, "final_answer");
    if (final) final.value = textOf(answer["final_answer"]);
    tick(this.frame.form, "finish", [textOf(answer["finish"])]);
    this.draw();
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  /** Change the rows; keeps what was before for undo. True when that changed anything. */
  private become(rows: Rows, sentence: string): boolean {
    if (rows === this.rows) return false;
    this.history.keep(this.state());
    this.rows = rows;
    this.draw();
    this.frame.changed();
    say(sentence, true);
    return true;
  }

  /** A new step behind this one, with the text that stood behind the caret. */
  private split(key: number): void {
    const area = this.area(key);
    const fresh = this.make();
    this.become(outline.insert(this.rows, key, fresh), `Step ${this.numberOf(key) + 1}`);
    if (area) {
      const behind = area.value.slice(area.selectionEnd);
      area.value = area.value.slice(0, area.selectionStart);
      this.fill(fresh, [behind, "", ""]);
    }
    this.fresh = fresh;
    const made = this.area(fresh);
    made?.focus();
    made?.setSelectionRange(0, 0);
  }

  private add(): void {
    this.split(this.rows.at(-1)?.key ?? 0);
  }

  /** Take a step away; the caret goes to the end of the one before. */
  private remove(key: number): void {
    if (this.rows.length < LEAST) return;
    const place = this.numberOf(key);
    this.become(outline.remove(this.rows, key), `Step ${place} removed`);
    const before = this.area(this.rows[Math.max(place - 2, 0)]?.key ?? 0);
    before?.focus();
    before?.setSelectionRange(before.value.length, before.value.length);
  }

  private move(key: number, by: -1 | 1, focused: HTMLElement | null): void {
    if (this.become(outline.move(this.rows, key, by), `Step moved ${by < 0 ? "up" : "down"}`)) focused?.focus();
  }

  /** A part of the step before it, or out again when it is one. */
  private turn(key: number, out: boolean): boolean {
    const rows = out ? outline.takeOut(this.rows, key) : outline.partOf(this.rows, key);
    return this.become(rows, out ? "Taken out" : "A part of the step before");
  }

  private typed(event: KeyboardEvent, key: number): void {
    const area = event.target instanceof HTMLTextAreaElement ? event.target : null;
    if (event.isComposing) return;
    const empty = area?.value === "";
    const isPart = this.rows.some((row) => row.key === key && row.parent !== null);
    const arrow = { ArrowUp: -1, ArrowDown: 1 }[event.key] as -1 | 1 | undefined;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    let done = true;
    if (arrow && event.altKey) this.move(key, arrow, area);
    else if (!area || !plain) return;
    else if (event.key === "Enter" && !event.shiftKey) this.split(key);
    else if (event.key === "Tab" && empty && key === this.fresh && event.shiftKey === isPart) done = this.turn(key, isPart);
    else if (event.key === "Backspace" && this.isEmpty(key) && this.rows.length > 1) this.remove(key);
    else return;
    if (done) event.preventDefault();
  }

  private pressed(button: HTMLElement, key: number): void {
    const act = button.dataset["act"];
    if (act === "up") this.move(key, -1, button);
    else if (act === "down") this.move(key, 1, button);
    else if (act === "remove") this.remove(key);
    else this.turn(key, this.rows.some((row) => row.key === key && row.parent !== null));
  }

  private watch(): void {
    this.list.addEventListener("keydown", (event) => this.typed(event, this.keyOf(event.target)));
    this.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null;
      if (button) this.pressed(button, this.keyOf(button));
    });
    this.list.addEventListener("input", () => this.count());
    this.list.addEventListener("focusout", (event) => {
      if (this.keyOf(event.relatedTarget) !== this.fresh) this.fresh = 0;
    });
    $("#step-add")?.addEventListener("click", () => this.add());
    this.frame.keys.on("+", () => this.add());
    this.frame.keys.on("w", () => this.area(this.rows[0]?.key ?? 0)?.focus());
  }

  private draw(): void {
    this.place();
    this.rows.forEach((row, index) => {
      const item = this.items.get(row.key);
      if (item) renumber(item, index, Math.min(outline.depth(this.rows, row), DEEPEST));
    });
    this.count();
  }

  /** Rows in their order; nothing is moved that stands right, and the focus stays where it is. */
  private place(): void {
    const items = this.rows.flatMap(({ key }) => this.items.get(key) ?? []);
    if (items.length === this.list.children.length && items.every((item, index) => this.list.children[index] === item)) return;
    const focused = document.activeElement;
    this.list.replaceChildren(...items);
    if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus();
  }

  private count(): void {
    const number = $("#written");
    if (number) number.textContent = String(this.filled().size);
  }

  private adopt(item: HTMLElement): number {
    const key = this.next;
    this.next += 1;
    item.dataset["key"] = String(key);
    this.items.set(key, item);
    return key;
  }

  /** An empty row that stands nowhere yet. */
  private make(): number {
    return this.adopt(this.blank.cloneNode(true) as HTMLElement);
  }

  private keyOf(target: EventTarget | null): number {
    return Number(target instanceof Element ? target.closest<HTMLElement>(".own-step")?.dataset["key"] : 0);
  }

  private numberOf(key: number): number {
    return this.rows.findIndex((row) => row.key === key) + 1;
  }

  private area(key: number): HTMLTextAreaElement | null {
    const item = this.items.get(key);
    return item ? $<HTMLTextAreaElement>("textarea", item) : null;
  }

  private controls(key: number): (HTMLInputElement | HTMLTextAreaElement)[] {
    const item = this.items.get(key);
    return item ? TEXTS.flatMap((name) => $<HTMLInputElement>(`[name=${name}]`, item) ?? []) : [];
  }

  private texts(key: number): string[] {
    return this.controls(key).map(({ value }) => value);
  }

  private fill(key: number, texts: readonly string[]): void {
    this.controls(key).forEach((control, index) => (control.value = texts[index] ?? ""));
    const more = this.items.get(key)?.querySelector("details");
    if (more && texts.slice(1).some((text) => text !== "")) more.open = true;
  }

  private isEmpty(key: number): boolean {
    return this.texts(key).every((text) => text.trim() === "");
  }

  private filled(): Set<number> {
    return new Set(this.rows.flatMap(({ key }) => (this.isEmpty(key) ? [] : [key])));
  }

  private state(): State {
    return { rows: this.rows, texts: new Map(this.rows.map(({ key }) => [key, this.texts(key)])) };
  }

  private travel(to: State | undefined, word: string): boolean {
    if (!to) {
      say("Nothing to undo", true);
      return false;
    }
    this.rows = to.rows;
    for (const [key, texts] of to.texts) this.fill(key, texts);
    this.draw();
    this.frame.changed();
    say(`${word}. ${this.rows.length} steps`, true);
    return true;
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Everything in a row that names its number. */
function renumber(item: HTMLElement, index: number, depth: number): void {
  item.dataset["depth"] = String(depth);
  const number = $("[data-number]", item);
  if (number) number.textContent = String(index + 1);
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const node of $$(`[${name}]`, item)) {
      node.setAttribute(name, (node.getAttribute(name) ?? "").replace(/^at-steps-\d+-/, `at-steps-${index}-`));
    }
  }
  for (const note of $$("[data-error]", item)) {
    note.dataset["error"] = note.dataset["error"]?.replace(/^steps\[\d+\]/, `steps[${index}]`) ?? "";
  }
  for (const button of $$("[data-says]", item)) {
    button.setAttribute("aria-label", (button.dataset["says"] ?? "").replace("#", String(index + 1)));
  }
}

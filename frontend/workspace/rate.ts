// Rating on a rubric: digits give the value of the criterion one is at, the mean appears after the overall value.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import { asSaid, asValue, mean, needsWhy, type Given } from "./rating.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";

const OVERALL = "overall";
const VALUES = ["1", "2", "3", "4", "5"];

interface State {
  said: Record<string, string>;
  marks: string[];
}

/** The questions are groups of radios, named by `data-question`; one of them is the one keys speak to. */
class Sheet implements Work {
  private readonly frame: Frame;
  private readonly questions: string[];
  private readonly history = new History<State>();
  private before: State;
  private at: string | null = null;

  constructor(frame: Frame) {
    this.frame = frame;
    this.questions = $$("[data-question]").map((group) => group.dataset["question"] ?? "");
    this.before = this.state();
    this.watch();
    this.draw();
  }

  answer(): Record<string, unknown> {
    const { form } = this.frame;
    const names = this.criteria();
    const said = (name: string): string => valueOf(form, `score-${name}`);
    const texts = names.map((name) => [name, valueOf(form, `because-${name}`)] as const);
    return {
      scores: Object.fromEntries(names.map((name) => [name, asValue(said(name))])),
      cannot_assess: names.filter((name) => said(name) === "cannot"),
      not_applicable: names.filter((name) => said(name) === "na"),
      justifications: Object.fromEntries(texts.filter(([, text]) => text.trim())),
      marks: ticked(form, "mark"),
      overall: asValue(valueOf(form, OVERALL)),
      why: valueOf(form, "why"),
    };
  }

  restore(answer: Record<string, unknown>): void {
    const { form } = this.frame;
    const { justifications, marks, overall, why } = answer;
    const texts = typeof justifications === "object" && justifications !== null ? justifications : {};
    for (const name of this.criteria()) {
      tick(form, `score-${name}`, [asSaid(name, answer)]);
      this.write(`because-${name}`, (texts as Record<string, unknown>)[name]);
    }
    tick(form, OVERALL, [String(overall ?? "")]);
    tick(form, "mark", Array.isArray(marks) ? marks.map(String) : []);
    this.write("why", why);
    this.draw();
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  private criteria(): string[] {
    return $$<HTMLInputElement>("input[name=criterion]", this.frame.form).map((input) => input.value);
  }

  private write(name: string, text: unknown): void {
    const box = field<HTMLTextAreaElement>(this.frame.form, name);
    if (box) box.value = typeof text === "string" ? text : "";
  }

  private state(): State {
    const { form } = this.frame;
    return { said: Object.fromEntries(this.questions.map((name) => [name, valueOf(form, name)])), marks: ticked(form, "mark") };
  }

  private travel(to: State | undefined, word: string): boolean {
    say(to ? word : "Nothing to undo", true);
    if (!to) return false;
    for (const [name, value] of Object.entries(to.said)) tick(this.frame.form, name, [value]);
    tick(this.frame.form, "mark", to.marks);
    this.draw();
    this.frame.changed();
    return true;
  }

  private watch(): void {
    document.addEventListener("change", (event) => {
      const control = event.target;
      if (!(control instanceof HTMLInputElement) || control.form !== this.frame.form) return;
      if (!this.questions.includes(control.name) && control.name !== "mark") return;
      this.history.keep(this.before);
      this.draw();
      if (control.name === OVERALL) say($("#mean:not([hidden])")?.textContent ?? "");
    });
    document.addEventListener("focusin", (event) => {
      const group = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-question]") : null;
      if (group) this.at = group.dataset["question"] ?? null;
    });
    const { keys } = this.frame;
    for (const value of VALUES) keys.on(value, () => this.choose(value));
    keys.on("0", () => this.choose("cannot"));
    keys.on("r", () => this.go(this.current()));
  }

  /** The question the focus was in last, else the first without a value. */
  private current(): string {
    const open = this.questions.find((name) => !valueOf(this.frame.form, name));
    return this.at ?? open ?? this.questions[0] ?? OVERALL;
  }

  private choose(value: string): boolean {
    const radio = this.radios(this.current()).find((one) => one.value === value);
    radio?.click();
    radio?.focus();
    return radio !== undefined;
  }

  private go(name: string): boolean {
    const radios = this.radios(name);
    const radio = radios.find((one) => one.checked) ?? radios[0];
    radio?.focus();
    return radio !== undefined;
  }

  private radios(name: string): HTMLInputElement[] {
    return $$<HTMLInputElement>(`input[type=radio][name="${CSS.escape(name)}"]`, this.frame.form);
  }

  private given(): Given[] {
    return $$("[data-weight]", this.frame.form).flatMap((group) => {
      const value = asValue(valueOf(this.frame.form, group.dataset["question"] ?? ""));
      return value === null ? [] : [{ value, weight: Number(group.dataset["weight"]) }];
    });
  }

  /** The mean only after the overall value, whether a reason is needed, how many are done; and keep it for undo. */
  private draw(): void {
    const overall = asValue(valueOf(this.frame.form, OVERALL));
    const middle = overall === null ? null : mean(this.given());
    const [line, number, optional] = [$("#mean"), $("[data-mean]"), $("#why-optional")];
    if (line) line.hidden = middle === null;
    if (number) number.textContent = middle ?? "";
    if (optional) optional.hidden = needsWhy(overall, this.given());
    this.before = this.state();
    const done = this.criteria().filter((name) => valueOf(this.frame.form, `score-${name}`)).length;
    for (const count of $$("[data-done]")) count.textContent = String(done);
  }
}

/** Rating on this page. */
export const start: Start = (frame) => new Sheet(frame);

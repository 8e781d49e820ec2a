// Red teaming: outcomes and tactics of turns, the turn that failed, the report; talking to the model is in talk.ts.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import { failureOf, FAILURES, labelsIn, asNumber, type TurnLabel } from "./chat_labels.ts";
import { paint } from "./chat_view.ts";
import { Talk } from "./talk.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";

// the message is no part of an answer; it is kept with it, like all that somebody writes
const TEXTS = ["message", "goal", "severity_why", "minimal_prompt", "why_harmful", "safe_answer"] as const;
const LISTS = { categories: "category", hazards: "hazard" } as const;

interface State {
  turns: TurnLabel[];
  failure: number | null;
  success: number | null;
  severity: number | null;
  categories: string[];
  hazards: string[];
  resisted: boolean;
}

export class Chat implements Work {
  readonly frame: Frame;
  private readonly history = new History<State>();
  private before: State;

  constructor(frame: Frame) {
    this.frame = frame;
    this.before = this.state();
    this.watch();
    paint(this.before);
  }

  answer(): Record<string, unknown> {
    const texts = Object.fromEntries(TEXTS.map((name) => [name, valueOf(this.frame.form, name)]));
    return { ...texts, ...this.state() };
  }

  restore(answer: Record<string, unknown>): void {
    for (const name of TEXTS) {
      const box = field<HTMLTextAreaElement>(this.frame.form, name);
      const text = answer[name];
      if (box) box.value = typeof text === "string" ? text : "";
    }
    const number = (name: string): number | null => (typeof answer[name] === "number" ? answer[name] : null);
    const list = (name: string): string[] => (Array.isArray(answer[name]) ? answer[name].map(String) : []);
    this.put({
      turns: labelsIn(answer["turns"]),
      failure: number("failure"),
      success: number("success"),
      severity: number("severity"),
      categories: list("categories"),
      hazards: list("hazards"),
      resisted: answer["resisted"] === true,
    });
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  /** Turns came or went: what is on the page now is where changes begin. */
  renewed(): void {
    this.before = this.state();
    paint(this.before);
  }

  /** The turn the focus is in, else the last one of the model. */
  current(): HTMLElement | null {
    const here = document.activeElement?.closest<HTMLElement>(".msg.bot");
    return here ?? $$(".msg.bot").at(-1) ?? null;
  }

  private state(): State {
    const { form } = this.frame;
    const turns = $$("[data-turn]").map((card) => this.label(Number(card.dataset["turn"])));
    return {
      turns,
      failure: failureOf(turns, asNumber(valueOf(form, "failure"))),
      success: asNumber(valueOf(form, "success")),
      severity: asNumber(valueOf(form, "severity")),
      categories: ticked(form, LISTS.categories),
      hazards: ticked(form, LISTS.hazards),
      resisted: ticked(form, "resisted").length > 0,
    };
  }

  private label(id: number): TurnLabel {
    const { form } = this.frame;
    return {
      id,
      risk: asNumber(ticked(form, `risk-${id}`)[0] ?? ""),
      tactics: ticked(form, `tactic-${id}`),
      outcome: valueOf(form, `outcome-${id}`) || null,
      refusal_quality: valueOf(form, `quality-${id}`) || null,
    };
  }

  private put(state: State): void {
    const { form } = this.frame;
    for (const { id, risk, tactics, outcome, refusal_quality: quality } of state.turns) {
      tick(form, `risk-${id}`, [String(risk ?? "")]);
      tick(form, `tactic-${id}`, tactics);
      const [one, other] = [field<HTMLSelectElement>(form, `outcome-${id}`), field<HTMLSelectElement>(form, `quality-${id}`)];
      if (one) one.value = outcome ?? "";
      if (other) other.value = quality ?? "";
    }
    tickOne(form, "failure", state.failure);
    for (const name of ["success", "severity"] as const) tick(form, name, [String(state[name] ?? "")]);
    tick(form, LISTS.categories, state.categories);
    tick(form, LISTS.hazards, state.hazards);
    tick(form, "resisted", state.resisted ? ["1"] : []);
    this.renewed();
  }

  private travel(to: State | undefined, word: string): boolean {
    say(to ? word : "Nothing to undo", true);
    if (!to) return false;
    this.put(to);
    this.frame.changed();
    return true;
  }

  private watch(): void {
    document.addEventListener("change", (event) => {
      const control = event.target;
      const ours = control instanceof HTMLInputElement || control instanceof HTMLSelectElement;
      if (!ours || control.form !== this.frame.form || ["stop", "confidence"].includes(control.name)) return;
      this.history.keep(this.before);
      this.before = this.state();
      tickOne(this.frame.form, "failure", this.before.failure);
      paint(this.before);
    });
    $<HTMLInputElement>("#cover")?.addEventListener("change", (event) => {
      const closed = (event.target as HTMLInputElement).checked;
      for (const veil of $$<HTMLDetailsElement>(".shut")) veil.open = !closed;
    });
    const { keys } = this.frame;
    keys.on("f", () => this.fail());
    for (const level of ["1", "2", "3", "4"]) keys.on(level, () => this.rate(level));
  }

  /** This turn is the failure: a violation unless its outcome says so already. */
  private fail(): boolean {
    const card = this.current();
    const id = card?.dataset["turn"];
    const outcome = id === undefined ? null : field<HTMLSelectElement>(this.frame.form, `outcome-${id}`);
    if (!card || !outcome || id === undefined) return false;
    if (!FAILURES.includes(outcome.value)) outcome.value = "policy_violation";
    tick(this.frame.form, "failure", [id]);
    outcome.dispatchEvent(new Event("input", { bubbles: true }));
    outcome.dispatchEvent(new Event("change", { bubbles: true }));
    card.focus();
    say(`Turn ${id} is the failure`, true);
    return true;
  }

  private rate(level: string): boolean {
    const radio = $$<HTMLInputElement>("input[name=severity]").find((one) => one.value === level);
    radio?.click();
    radio?.focus();
    return radio !== undefined;
  }
}

function tickOne(form: HTMLFormElement, name: string, value: number | null): void {
  tick(form, name, value === null ? [] : [String(value)]);
}

export const start: Start = (frame) => {
  const chat = new Chat(frame);
  if ($("#conversation")?.dataset["talk"]) new Talk(chat);
  return chat;
};

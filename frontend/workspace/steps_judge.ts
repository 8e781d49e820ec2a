// Judging given steps by keys and buttons: labels, remarks on wrong ones, the first error, the reference afterwards.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import { firstError, folded, markIn, markOf, missing, said, WORDS, WRONG, type Label, type Mark } from "./labels.ts";
import { paint } from "./steps_view.ts";
import { $, $$, field, tick, valueOf, type Frame, type Work } from "./work.ts";

const KEYS: [string, Mark][] = [["1", "1"], ["2", "0"], ["3", WRONG], ["0", "unsure"]];

interface State {
  marks: Mark[];
  finish: string;
  progress: string;
}

export class Judge implements Work {
  readonly numbers: number[];
  readonly stop: boolean;
  active = 1;
  /** Somebody wants to label what comes after the first error. */
  opened = false;
  private readonly frame: Frame;
  private readonly history = new History<State>();

  constructor(frame: Frame) {
    this.frame = frame;
    this.numbers = $$("[data-step]").map((card) => Number(card.dataset["step"]));
    this.stop = $("#at-steps")?.dataset["stop"] !== undefined;
    this.active = missing(this.marks(), this.stop)[0] ?? 1;
    this.watch();
    paint(this);
  }

  marks(): Mark[] {
    return this.numbers.map((number) => markOf(valueOf(this.frame.form, `mark-${number}`)));
  }

  folded(): number[] {
    return this.opened ? [] : folded(this.marks(), this.stop);
  }

  answer(): Record<string, unknown> {
    const { form } = this.frame;
    const marks = this.marks();
    return {
      mode: "verify",
      steps: this.numbers.map((number, index) =>
        said(number, marks[index] ?? "", valueOf(form, `critique-${number}`), valueOf(form, `correction-${number}`)),
      ),
      first_error: firstError(marks),
      final_answer: valueOf(form, "final_answer") || null,
      finish: valueOf(form, "finish") || null,
      progress: valueOf(form, "progress") === "" ? null : Number(valueOf(form, "progress")),
    };
  }

  restore(answer: Record<string, unknown>): void {
    const { form } = this.frame;
    const steps = labels(answer["steps"]);
    for (const number of this.numbers) {
      tick(form, `mark-${number}`, [markIn(steps, number)]);
      const label = steps.find(({ id }) => id === number);
      this.write(`critique-${number}`, label?.critique);
      this.write(`correction-${number}`, label?.correction);
    }
    this.write("final_answer", answer["final_answer"]);
    tick(form, "finish", [String(answer["finish"] ?? "")]);
    tick(form, "progress", [String(answer["progress"] ?? "")]);
    paint(this);
  }

  /** The labels are on the server: it may show the reference answer now. */
  saved(): void {
    if (!missing(this.marks(), this.stop).length) void showReference();
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  /** Label the active step; a wrong one wants words, the others lead on to the next. */
  private mark(mark: Mark): boolean {
    const number = this.active;
    this.history.keep(this.state());
    tick(this.frame.form, `mark-${number}`, [mark]);
    this.after(`Step ${number} ${WORDS[mark]}`);
    if (mark === WRONG) $(`#at-steps-${number - 1}-critique`)?.focus();
    else this.step(1);
    return true;
  }

  /** To the next step that is on the page, or the one before; the first and the last stay. */
  private step(by: -1 | 1): boolean {
    const open = this.numbers.filter((number) => !this.folded().includes(number));
    const goal = open[open.indexOf(this.active) + by] ?? this.active;
    this.active = goal;
    paint(this);
    const card = $(`#step-${goal}`);
    card?.scrollIntoView({ block: "nearest" });
    card?.focus({ preventScroll: true });
    return true;
  }

  private write(name: string, text: unknown): void {
    const control = field<HTMLTextAreaElement>(this.frame.form, name);
    if (control) control.value = typeof text === "string" ? text : "";
  }

  private state(): State {
    const { form } = this.frame;
    return { marks: this.marks(), finish: valueOf(form, "finish"), progress: valueOf(form, "progress") };
  }

  private travel(to: State | undefined, word: string): boolean {
    if (!to) {
      say("Nothing to undo", true);
      return false;
    }
    this.numbers.forEach((number, index) => tick(this.frame.form, `mark-${number}`, [to.marks[index] ?? ""]));
    tick(this.frame.form, "finish", [to.finish]);
    tick(this.frame.form, "progress", [to.progress]);
    this.after(word);
    return true;
  }

  /** The first wrong step is how it ended, until somebody says otherwise. */
  private after(sentence: string): void {
    const { form } = this.frame;
    const error = firstError(this.marks());
    if (error !== null && valueOf(form, "finish") === "") tick(form, "finish", ["found_error"]);
    paint(this);
    this.frame.changed();
    say(error === null ? sentence : `${sentence}. First error: step ${error}`, true);
  }

  private watch(): void {
    let before = this.state();
    document.addEventListener("change", (event) => {
      const control = event.target;
      if (!(control instanceof HTMLInputElement) || control.form !== this.frame.form || control.type !== "radio") return;
      this.history.keep(before);
      if (control.name.startsWith("mark-")) this.after(`Step ${control.name.slice(5)} ${WORDS[markOf(control.value)]}`);
      before = this.state();
    });
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (before = this.state()), { capture: true });
    document.addEventListener("focusin", (event) => {
      const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-step]") : null;
      if (!card || Number(card.dataset["step"]) === this.active) return;
      this.active = Number(card.dataset["step"]);
      paint(this);
    });
    $("#step-back")?.addEventListener("click", () => this.step(-1));
    $("#step-next")?.addEventListener("click", () => this.step(1));
    $("#rest-open")?.addEventListener("click", () => {
      const first = this.folded()[0] ?? this.active;
      this.opened = true;
      this.active = first - 1;
      this.step(1);
    });
    const { keys } = this.frame;
    for (const [key, mark] of KEYS) keys.on(key, () => this.mark(mark));
    keys.on("j", () => this.step(1));
    keys.on("k", () => this.step(-1));
  }
}

function labels(value: unknown): Partial<Label>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

/** The page knows the reference answer only once the server has every label: ask it again, and take the note from it. */
async function showReference(): Promise<void> {
  const slot = $("#reference[data-held]");
  if (!slot) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector<HTMLElement>("#reference:not([data-held])");
    if (!answer.ok || !found) return;
    slot.replaceWith(document.adoptNode(found));
    say("The reference answer is shown under the steps");
  } catch {
    // without a connection it comes with the next save
  }
}

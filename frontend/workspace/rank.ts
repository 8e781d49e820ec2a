// Ranking by keys, buttons and drag: one state, every way in leads through it, one step of undo each.
import { say } from "../core/live.ts";
import { History } from "../core/undo.ts";
import { watchDrag } from "./rank_drag.ts";
import { firstLayout, Responses } from "./rank_read.ts";
import { paint, rowOf } from "./rank_view.ts";
import * as ranking from "./ranking.ts";
import type { Ranking } from "./ranking.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";

const FEW = 4; // so many start in the given order, more start without places

interface State {
  ranking: Ranking;
  noneGood: boolean;
  reasons: string[];
}

/** Everything one ranking needs: state, screen, and the ways to change it. */
class Board implements Work {
  readonly ids: string[];
  active: string;
  ranking: Ranking;
  readonly responses: Responses;
  private readonly frame: Frame;
  private readonly history = new History<State>();

  constructor(frame: Frame) {
    this.frame = frame;
    const cards = $$("[data-resp]");
    this.ids = cards.map((card) => card.dataset["resp"] ?? "");
    this.ranking = this.given();
    this.active = ranking.placed(this.ranking)[0] ?? this.ids[0] ?? "";
    this.responses = new Responses(frame, (id) => this.pick(id));
    this.watch();
    this.draw();
  }

  letter(id: string): string {
    return $(`[data-resp="${id}"]`)?.dataset["letter"] ?? id;
  }

  /** What the page came with; few responses without any place start in the given order. */
  private given(): Ranking {
    const { form } = this.frame;
    const places = this.ids.map((id) => Number(valueOf(form, `rank-${id}`)) || null);
    const gaps = this.ids.slice(1).map((_, index) => Number(valueOf(form, `gap-${index + 1}`) || ranking.BETTER));
    const bare = places.every((place) => place === null) && !ticked(form, "none_good").length;
    const first = bare && this.ids.length <= FEW ? this.ids.map((_, index) => index + 1) : places;
    return ranking.start(this.ids, first, gaps);
  }

  answer(): Record<string, unknown> {
    const { form } = this.frame;
    const noneGood = this.noneGood();
    const names = $$<HTMLInputElement>("input[name=dimension]", form).map((input) => input.value);
    return {
      ...(noneGood ? { groups: [], strengths: [] } : ranking.said(this.ranking)),
      dimensions: Object.fromEntries(names.map((name, index) => [name, this.scale(index)])),
      why: valueOf(form, "why"),
      reasons: ticked(form, "reason"),
      none_good: noneGood,
      none_good_reason: noneGood ? valueOf(form, "none_good_reason") || null : null,
      rewrite: valueOf(form, "rewrite") || null,
      seen: ticked(form, "seen"),
    };
  }

  restore(answer: Record<string, unknown>): void {
    const { form } = this.frame;
    this.ranking = ranking.of(this.ids, answer as Partial<ranking.Said>);
    tick(form, "none_good", answer["none_good"] === true ? ["1"] : []);
    tick(form, "reason", strings(answer["reasons"]));
    tick(form, "seen", strings(answer["seen"]));
    for (const name of ["why", "none_good_reason", "rewrite"]) {
      const text = field<HTMLTextAreaElement>(form, name);
      if (text) text.value = typeof answer[name] === "string" ? answer[name] : "";
    }
    this.responses.marks();
    this.draw();
  }

  /** Give a response a place (from 0); true when that changed anything. */
  put(id: string, place: number, quiet = false): boolean {
    return this.become(ranking.put(this.ranking, id, place), id, quiet);
  }

  step(id: string, by: -1 | 1): boolean {
    return this.become(ranking.move(this.ranking, id, by), id, false);
  }

  /** The strength after the active response: much better, better, same, and round again. */
  cycle(): boolean {
    const gap = ranking.placed(this.ranking).indexOf(this.active);
    if (gap < 0 || gap > ranking.placed(this.ranking).length - 2) return false;
    this.setGap(gap, ranking.cycled(this.ranking.gaps[gap] ?? ranking.BETTER));
    return true;
  }

  setGap(gap: number, value: number): void {
    this.keep();
    this.ranking = ranking.strength(this.ranking, gap, value);
    this.after();
    const [one, two] = ranking.placed(this.ranking).slice(gap, gap + 2).map((id) => this.letter(id));
    say(`${one} is ${["the same as", "better than", "much better than"][value]} ${two}`, true);
  }

  undo(): boolean {
    return this.travel(this.history.undo(this.state()), "Undone");
  }

  redo(): boolean {
    return this.travel(this.history.redo(this.state()), "Done again");
  }

  /** Keep this moment for undo; `before` for a change that has already begun. */
  keep(before: State = this.state()): void {
    this.history.keep(before);
  }

  state(): State {
    return { ranking: this.ranking, noneGood: this.noneGood(), reasons: ticked(this.frame.form, "reason") };
  }

  /** Make this response the active one, without moving the focus. */
  pick(id: string): void {
    this.active = id;
    this.draw();
  }

  draw(): void {
    paint(this);
  }

  noneGood(): boolean {
    return ticked(this.frame.form, "none_good").length > 0;
  }

  private become(next: Ranking, id: string, quiet: boolean): boolean {
    this.active = id;
    if (next === this.ranking) {
      this.draw();
      return false;
    }
    if (!quiet) this.keep();
    this.ranking = next;
    this.after();
    if (!quiet) say(`Response ${this.letter(id)}, place ${next.slots.indexOf(id) + 1} of ${this.ids.length}`, true);
    return true;
  }

  private travel(to: State | undefined, word: string): boolean {
    if (!to) {
      say("Nothing to undo", true);
      return false;
    }
    this.ranking = to.ranking;
    tick(this.frame.form, "none_good", to.noneGood ? ["1"] : []);
    tick(this.frame.form, "reason", to.reasons);
    this.after();
    say(`${word}. The order is ${ranking.placed(to.ranking).map((id) => this.letter(id)).join(", ") || "empty"}`, true);
    return true;
  }

  private after(): void {
    this.draw();
    this.frame.changed();
  }

  private scale(index: number): string[][] {
    const places = this.ids.map((id) => [Number(valueOf(this.frame.form, `dim-${index}-${id}`)), id] as const);
    const used = [...new Set(places.map(([place]) => place))].filter((place) => place > 0).sort((a, b) => a - b);
    return used.map((place) => places.filter(([at]) => at === place).map(([, id]) => id));
  }

  private watch(): void {
    let before = this.state();
    document.addEventListener("change", (event) => {
      const control = event.target;
      if (!(control instanceof HTMLInputElement) || control.form !== this.frame.form) return;
      if (control.name.startsWith("rank-")) this.put(control.name.slice(5), Number(control.value) - 1);
      else if (control.name.startsWith("gap-")) this.setGap(Number(control.name.slice(4)) - 1, Number(control.value));
      else if (control.name === "reason" || control.name === "none_good") {
        this.keep({ ...before, ranking: this.ranking });
        this.after();
      }
      before = this.state();
    });
    watchList(this);
    watchDrag(this);
    watchKeys(this, this.frame);
  }
}

export type { Board };

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Arrows walk through the rows, Alt with an arrow moves the row; the focus stays on the response that moved. */
function watchList(board: Board): void {
  const list = $(".ranklist");
  list?.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".rk-b")) return;
    const order = $$("[data-rk]", list).map((row) => row.dataset["rk"] ?? "");
    const at = order.indexOf(board.active);
    const goal = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: order.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    if (event.altKey) board.step(board.active, goal < at ? -1 : 1);
    else board.pick(order[Math.max(0, Math.min(order.length - 1, goal))] ?? board.active);
    rowOf(board.active)?.focus();
  });
  list?.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-rk]") : null;
    if (row?.dataset["rk"] && row.dataset["rk"] !== board.active) board.pick(row.dataset["rk"]);
  });
}

/** Letters go to a response, digits give it a place, = changes the strength. */
function watchKeys(board: Board, { keys }: Frame): void {
  for (const id of board.ids) keys.on(board.letter(id).toLowerCase(), () => board.responses.go(id));
  board.ids.forEach((_, index) => keys.on(String(index + 1), () => void board.put(board.active, index)));
  keys.on("=", () => board.cycle());
  keys.on("r", () => rowOf(board.active)?.focus());
}

/** Ranking on this page. */
export const start: Start = (frame) => {
  const board = new Board(frame);
  firstLayout(board.ids.length);
  return board;
};

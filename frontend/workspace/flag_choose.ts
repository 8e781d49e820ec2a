/** Choosing words: with a mouse, a finger, or the keys; then a small menu asks what is wrong with them. */
import { say } from "../core/live.ts";
import { toast } from "../core/toast.ts";
import type { Page } from "./flag_text.ts";
import { beside, sentenceAt, snapped, stretched, type Range, type Text } from "./spans.ts";
import { $, $$ } from "./work.ts";

const REST_MS = 450; // the handles of a touch screen move in steps
const GAP = 8;

export interface Chooser {
  text: Text;
  sentences: readonly Range[];
  page: Page;
  /** Where the keys start. */
  here: () => number;
  go: (sentence: number) => void;
  make: (range: Range, type: string) => void;
}

/** The words somebody is choosing, and the menu that follows. */
export class Choice {
  range: Range | null = null;
  private readonly needs: Chooser;
  private readonly words: Range[];
  private readonly letters: Range[];
  private readonly menu: HTMLElement | null = $("#flag-menu");
  private edge: "start" | "end" = "end";
  private byKeys = false;
  private timer = 0;

  constructor(needs: Chooser) {
    this.needs = needs;
    this.words = needs.text.words();
    this.letters = needs.text.letters();
    this.watchPointer();
    this.watchMenu();
    needs.page.box?.addEventListener("keydown", (event) => this.key(event));
    needs.page.box?.addEventListener("blur", () => this.left());
    $("#flag-words")?.addEventListener("click", (event) => {
      const finger = event instanceof PointerEvent && event.pointerType === "touch";
      if (finger) toast("Press and hold a word, pull the handles over what is wrong, then say why.");
      else this.start();
    });
  }

  /** Choose by keys from the sentence one is in; once more: move the other end. */
  start(): void {
    const { box } = this.needs.page;
    if (!box) return;
    if (this.byKeys && this.range) {
      this.edge = this.edge === "end" ? "start" : "end";
      say(`The ${this.edge} moves`, true);
      return;
    }
    const from = this.needs.sentences[this.needs.here()]?.[0] ?? 0;
    const word = this.words.find(([start]) => start >= from) ?? this.words.at(-1);
    if (!word) return;
    this.byKeys = true;
    this.edge = "end";
    box.role = "application";
    box.classList.add("choosing");
    box.focus();
    this.choose(word);
  }

  /** Whether a type can be given right now. */
  get waits(): boolean {
    return this.range !== null && (this.byKeys || this.menu?.hidden === false);
  }

  /** Make the flag; nothing more is chosen then. */
  take(type: string): void {
    const { range } = this;
    this.close();
    getSelection()?.removeAllRanges();
    if (range) this.needs.make(range, type);
  }

  close(): void {
    this.range = null;
    this.byKeys = false;
    if (this.menu) this.menu.hidden = true;
    const { box } = this.needs.page;
    if (box) box.role = "group";
    box?.classList.remove("choosing");
  }

  private left(): void {
    if (this.byKeys && this.menu?.hidden !== false) this.close();
  }

  private choose(range: Range): void {
    this.range = range;
    this.needs.page.select(range);
    this.needs.go(sentenceAt(this.needs.sentences, this.edge === "end" ? range[1] - 1 : range[0]));
    say(this.needs.text.slice(...range), true);
  }

  private key(event: KeyboardEvent): void {
    const { range } = this;
    if (!this.byKeys || !range || event.target !== this.needs.page.box) return;
    const next = this.moved(event, range);
    if (next) this.choose(next);
    else if (event.key === "Enter") this.open(true);
    else if (event.key === "Escape") {
      this.close();
      getSelection()?.removeAllRanges();
      say("Nothing is chosen", true);
    } else return;
    event.preventDefault();
  }

  /** The range after a key; null when the key is no arrow. Right and left follow the direction of the text. */
  private moved(event: KeyboardEvent, range: Range): Range | null {
    if (event.ctrlKey || event.metaKey || (event.altKey && !event.shiftKey)) return null;
    const place = { start: range[0], end: range[1] };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return this.inSentence(range, event.key === "ArrowDown" ? 1 : -1);
    const right = event.key === "ArrowRight";
    if (!right && event.key !== "ArrowLeft") return null;
    const { box } = this.needs.page;
    const by = right === (box !== null && getComputedStyle(box).direction === "rtl") ? -1 : 1;
    if (event.shiftKey) return stretched(event.altKey ? this.letters : this.words, range, this.edge, by);
    return beside(this.words, place, by) ?? range;
  }

  private inSentence(range: Range, by: 1 | -1): Range {
    const sentence = this.needs.sentences[sentenceAt(this.needs.sentences, range[0]) + by];
    return (sentence && this.words.find(([start]) => start >= sentence[0])) ?? range;
  }

  private watchPointer(): void {
    const { box } = this.needs.page;
    let touch = false;
    document.addEventListener("pointerdown", (event) => {
      touch = event.pointerType === "touch";
      if (this.menu?.hidden === false && event.target instanceof Node && !this.menu.contains(event.target)) this.close();
    });
    document.addEventListener("pointerup", (event) => {
      if (event.pointerType !== "touch") window.setTimeout(() => this.selected(event.altKey));
    });
    document.addEventListener("selectionchange", () => {
      window.clearTimeout(this.timer);
      if (touch && !this.byKeys) this.timer = window.setTimeout(() => this.selected(false), REST_MS);
    });
    box?.addEventListener("click", (event) => {
      const sentence = event.target instanceof Element ? event.target.closest<HTMLElement>(".sent[data-s]") : null;
      if (sentence && !event.composedPath().some((node) => node instanceof HTMLLabelElement)) this.needs.go(Number(sentence.dataset["s"]));
    });
  }

  /** Words were selected by hand: whole words, or whole letters with Alt. */
  private selected(exactly: boolean): void {
    const found = getSelection();
    if (!found?.anchorNode || !found.focusNode || found.isCollapsed || this.menu?.contains(document.activeElement)) return;
    const ends = [this.needs.page.point(found.anchorNode, found.anchorOffset), this.needs.page.point(found.focusNode, found.focusOffset)];
    const [one, other] = [ends[0] ?? null, ends[1] ?? null];
    if (one === null || other === null) return;
    const range = snapped(this.needs.text, exactly ? this.letters : this.words, one, other);
    if (!range) return;
    if (this.range?.[0] === range[0] && this.range[1] === range[1] && this.menu?.hidden === false) return;
    this.byKeys = false;
    this.range = range;
    this.needs.page.select(range);
    this.needs.go(sentenceAt(this.needs.sentences, range[0]));
    this.open(false);
  }

  /** Ask what is wrong: below the words, or at the bottom of a small screen. */
  private open(focus: boolean): void {
    const { menu } = this;
    if (!menu) return;
    menu.hidden = false;
    const words = getSelection()?.rangeCount ? getSelection()?.getRangeAt(0).getBoundingClientRect() : undefined;
    if (words && matchMedia("(min-width: 761px)").matches) {
      const below = words.bottom + GAP + menu.offsetHeight < innerHeight;
      menu.style.top = `${Math.max(GAP, below ? words.bottom + GAP : words.top - menu.offsetHeight - GAP)}px`;
      menu.style.left = `${Math.max(GAP, Math.min(words.left, innerWidth - menu.offsetWidth - GAP))}px`;
    } else menu.removeAttribute("style");
    if (focus) $("button", menu)?.focus();
    else say("What is wrong with these words? Press a number, or Escape.");
  }

  private watchMenu(): void {
    const { menu } = this;
    for (const button of menu ? $$("[data-type]", menu) : []) button.addEventListener("click", () => this.take(button.dataset["type"] ?? ""));
    const back = (): void => {
      this.close();
      this.needs.page.box?.focus({ preventScroll: true });
    };
    if (menu) $("[data-close]", menu)?.addEventListener("click", back);
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || menu?.hidden !== false) return;
        event.preventDefault();
        back();
      },
      true,
    );
    menu?.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const all = $$("button", menu);
      all[(all.indexOf(document.activeElement as HTMLElement) + by + all.length) % all.length]?.focus();
    });
  }
}

/** The text on the screen: draws it letter for letter, and knows which place of it a point of the page is. */
import { blocks, type Placed, type Piece, type Range, type Text } from "./spans.ts";
import { $, $$ } from "./work.ts";

const TextNode = globalThis.Text; // the page's, not ours

/** A flag as the text shows it. */
export interface Mark extends Placed {
  key: string;
  /** "wrong number, major" */
  words: string;
  major: boolean;
}

export class Page {
  readonly box: HTMLElement | null = $("#flagtext");
  private readonly text: Text;
  private readonly sentences: readonly Range[];

  constructor(text: Text, sentences: readonly Range[]) {
    this.text = text;
    this.sentences = sentences;
  }

  /** The whole text again, with these flags; the focus stays on the flag that had it. */
  draw(marks: readonly Mark[]): void {
    const { box } = this;
    if (!box) return;
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && box.contains(active) ? active.dataset["flag"] : undefined;
    box.replaceChildren(
      ...blocks(this.text, this.sentences, marks).map(({ sentence, pieces }) => {
        const span = element("span", "sent");
        if (sentence !== null) {
          span.dataset["s"] = String(sentence);
          span.append(numbered(sentence));
        }
        span.append(...pieces.map((piece) => this.piece(piece, marks)));
        return span;
      }),
    );
    if (focused !== undefined) this.mark(focused)?.focus({ preventScroll: true });
  }

  /** The place in the text of a point of the page; null outside of the text. */
  point(node: Node, offset: number): number | null {
    if (!this.box?.contains(node)) return null;
    if (node instanceof TextNode) return this.inside(node, offset);
    const child = node.childNodes[offset];
    const leaf = child instanceof HTMLElement ? (child.matches("[data-at]") ? child : $("[data-at]", child)) : null;
    if (leaf) return Number(leaf.dataset["at"]);
    const own = node instanceof HTMLElement ? node.closest<HTMLElement>("[data-at]") : null;
    if (own) return Number(offset ? own.dataset["end"] : own.dataset["at"]);
    const before = node instanceof HTMLElement ? $$("[data-at]", node).at(-1) : undefined;
    return before && child === undefined ? Number(before.dataset["end"]) : this.after(node, offset);
  }

  /** Select this range on the page, as a hand would. */
  select([start, end]: Range): void {
    const [from, to] = [this.spot(start, false), this.spot(end, true)];
    if (from && to) getSelection()?.setBaseAndExtent(from[0], from[1], to[0], to[1]);
  }

  mark(key: string): HTMLElement | null {
    return this.box && $(`mark[data-flag="${CSS.escape(key)}"]`, this.box);
  }

  sentence(number: number): HTMLElement | null {
    return this.box && $(`.sent[data-s="${number}"]`, this.box);
  }

  /** Show where somebody is, and which sentences are ticked or flagged. */
  state(here: number, done: (sentence: number) => boolean, flagged: (sentence: number) => boolean): void {
    if (!this.box) return;
    for (const span of $$<HTMLElement>(".sent[data-s]", this.box)) {
      const number = Number(span.dataset["s"]);
      span.classList.toggle("here", number === here);
      span.classList.toggle("done", done(number));
      span.classList.toggle("flagged", !done(number) && flagged(number));
    }
  }

  private inside(node: Node, offset: number): number | null {
    const leaf = node.parentElement?.closest<HTMLElement>("[data-at]");
    if (!leaf) return null;
    if (leaf.classList.contains("unseen")) return Number(offset ? leaf.dataset["end"] : leaf.dataset["at"]);
    return this.text.point(this.text.unit(Number(leaf.dataset["at"])) + offset);
  }

  /** Between two elements: where the next one begins. */
  private after(node: Node, offset: number): number | null {
    const next = [...node.childNodes].slice(offset).find((child) => child instanceof HTMLElement && child.matches("[data-at]"));
    return next instanceof HTMLElement ? Number(next.dataset["at"]) : null;
  }

  /** The node and offset of a place; at a border the end of what is before, or the start of what comes. */
  private spot(point: number, isEnd: boolean): [Node, number] | null {
    const leaf = $$<HTMLElement>("[data-at]", this.box ?? document.body).find((one) => {
      const [at, end] = [Number(one.dataset["at"]), Number(one.dataset["end"])];
      return isEnd ? at < point && point <= end : at <= point && point < end;
    });
    if (!leaf) return null;
    const node = leaf.firstChild ?? leaf;
    if (leaf.classList.contains("unseen")) return [leaf, isEnd ? leaf.childNodes.length : 0];
    return [node, this.text.unit(point) - this.text.unit(Number(leaf.dataset["at"]))];
  }

  private piece(piece: Piece, marks: readonly Mark[]): HTMLElement {
    const over = piece.flags.flatMap((number) => marks[number] ?? []);
    const leaf = element(over.length ? "mark" : "span", over.length ? "fl" : "");
    leaf.dataset["at"] = String(piece.at);
    leaf.dataset["end"] = String(piece.end);
    leaf.classList.toggle("unseen", piece.unseen);
    leaf.classList.toggle("major", over.some((mark) => mark.major));
    leaf.classList.toggle("deep", over.length > 1);
    if (piece.text) leaf.append(piece.text);
    const first = piece.begins.flatMap((number) => marks[number] ?? []);
    const last = first.at(-1);
    if (last) {
      leaf.dataset["flag"] = last.key;
      leaf.dataset["n"] = piece.begins.map((number) => number + 1).join(" ");
      leaf.tabIndex = 0;
      leaf.role = "button";
      const words = first.map((mark, index) => `Flag ${(piece.begins[index] ?? 0) + 1}, ${mark.words}: ${this.text.slice(mark.start, mark.end)}`);
      leaf.setAttribute("aria-label", words.join(". "));
    }
    return leaf;
  }
}

function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  if (name) made.className = name;
  return made;
}

/** The number of a sentence: a click ticks it; the style sheet draws it, so that it is never part of the text. */
function numbered(sentence: number): HTMLElement {
  const label = document.createElement("label");
  label.className = "snum";
  label.htmlFor = `sentence-${sentence}`;
  label.dataset["n"] = String(sentence + 1);
  label.ariaHidden = "true";
  return label;
}

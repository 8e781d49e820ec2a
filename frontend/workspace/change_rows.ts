/** The list of changes on the screen: one row each, made from the template of the page. */
import type { Shown } from "./difference.ts";
import { silent, type Placed, type Remark } from "./remarks.ts";
import { $, $$ } from "./work.ts";

export class ChangeRows {
  private shown: Shown[] = [];
  private readonly list: HTMLElement;
  private readonly pattern: HTMLTemplateElement;

  constructor(list: HTMLElement, pattern: HTMLTemplateElement) {
    this.list = list;
    this.pattern = pattern;
  }

  get all(): HTMLElement[] {
    return $$(".change", this.list);
  }

  /** What is said in the rows, with the places they stand for. */
  get placed(): Placed[] {
    return this.all.flatMap((row, index) => {
      const change = this.shown[index];
      return change ? [{ a: change.a, remark: said(row) }] : [];
    });
  }

  /** Take over the rows the server has drawn for these changes. */
  adopt(changes: Shown[]): boolean {
    this.shown = changes;
    return this.all.length === changes.length;
  }

  /** One row a change; rows whose change only got other words stay as they are, so that nothing loses the focus. */
  draw(changes: Shown[], remarks: Remark[]): void {
    const same = changes.length === this.all.length && changes.every(({ a }, index) => a.join() === this.shown[index]?.a.join());
    this.shown = changes;
    if (!same) this.list.replaceChildren(...changes.map((_, index) => this.made(index, remarks[index] ?? silent())));
    this.all.forEach((row, index) => this.word(row, changes[index]));
  }

  private made(index: number, remark: Remark): Node {
    const row = this.pattern.content.cloneNode(true) as DocumentFragment;
    for (const node of $$("*", row)) {
      for (const name of ["id", "for", "name", "aria-describedby", "aria-labelledby", "data-index", "data-error"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, numbered(value, index));
      }
    }
    say(row, remark);
    return row;
  }

  private word(row: HTMLElement, change: Shown | undefined): void {
    if (!change) return;
    const number = $("[data-number]", row);
    if (number) number.textContent = String(Number(row.dataset["index"]) + 1);
    for (const [name, words] of [["gone", change.gone], ["new", change.fresh]] as const) {
      const place = $(`[data-${name}]`, row);
      if (!place) continue;
      place.hidden = words === "";
      place.textContent = words.trim() || "↵";
    }
  }
}

/** `at-hunks-x-source`, `hunks[x].source`, `tag-x` and `x` of the template, with the number of the row. */
const numbered = (value: string, index: number): string => value.replace(/(^|-|\[)x(?=$|-|\])/g, `$1${index}`);

const input = (row: ParentNode, name: string): HTMLInputElement | null => $<HTMLInputElement>(`[name^="${name}-"]`, row);

function said(row: HTMLElement): Remark {
  return {
    tags: $$<HTMLInputElement>("[name^='tag-']", row).flatMap((box) => (box.checked ? [box.value] : [])),
    source: input(row, "source")?.value.trim() ?? "",
    note: input(row, "note")?.value.trim() ?? "",
  };
}

function say(row: ParentNode, remark: Remark): void {
  for (const box of $$<HTMLInputElement>("[name^='tag-']", row)) box.checked = remark.tags.includes(box.value);
  for (const name of ["source", "note"] as const) {
    const place = input(row, name);
    if (place) place.value = remark[name];
  }
}

/** The flags in the panel: one row each, made from the blank row that is there for people without scripts. */
import type { Placed, Text } from "./spans.ts";
import { $, $$ } from "./work.ts";

/** One flag with all that is said about it; without a place (`end` 0) only its words are known. */
export interface Flag extends Placed {
  key: string;
  quote: string;
  before: string;
  type: string;
  severity: string;
  correction: string;
  cannotVerify: boolean;
  evidence: string;
  sure: string;
}

export function blankFlag(key: string, place: Placed): Flag {
  const said = { quote: "", before: "", type: "", severity: "", correction: "", cannotVerify: false, evidence: "", sure: "" };
  return { key, start: place.start, end: place.end, ...said };
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class Rows {
  private readonly text: Text;
  private readonly home: HTMLElement | null = $("#flag-rows");
  private readonly blank: HTMLElement | null;

  constructor(text: Text) {
    this.text = text;
    this.blank = this.home && $(".flagrow.blank", this.home);
    this.blank?.remove();
    this.blank?.classList.remove("blank");
  }

  /** What the rows on the page say. */
  read(): Flag[] {
    return this.all().map((row) => this.readRow(row));
  }

  row(key: string): HTMLElement | null {
    return this.all().find((row) => row.dataset["flag"] === key) ?? null;
  }

  /** Show exactly these flags, in this order; a row that is there already stays, with the focus in it. */
  show(flags: readonly Flag[]): void {
    if (!this.home) return;
    for (const row of this.all()) if (!flags.some((flag) => flag.key === row.dataset["flag"])) row.remove();
    flags.forEach((flag, index) => {
      const row = this.row(flag.key) ?? this.make(flag);
      if (row && this.home?.children[index] !== row) this.home?.insertBefore(row, this.home.children[index] ?? null);
      if (row) this.number(row, index);
    });
  }

  /** Put these values into the row of the flag; `labels` leaves what is typed as it is. */
  fill(flag: Flag, labels = false): void {
    const row = this.row(flag.key);
    if (!row) return;
    this.set(row, "type", flag.type);
    this.set(row, "severity", flag.severity);
    this.set(row, "sure", flag.sure);
    this.set(row, "cannot_verify", flag.cannotVerify ? "1" : "");
    if (labels) return;
    this.set(row, "correction", flag.correction);
    this.set(row, "evidence", flag.evidence);
    this.set(row, "quote", flag.quote);
    this.set(row, "before", flag.before);
  }

  private all(): HTMLElement[] {
    return this.home ? $$<HTMLElement>(".flagrow", this.home) : [];
  }

  private make(flag: Flag): HTMLElement | null {
    const row = this.blank?.cloneNode(true);
    if (!(row instanceof HTMLElement) || !this.home) return null;
    row.dataset["flag"] = flag.key;
    for (const control of $$<Control>("[name]", row)) {
      control.name = control.name.replace(/-[^-]*$/, `-${flag.key}`);
      if (control.name === "span") control.value = flag.key;
    }
    const placed = flag.end > flag.start;
    row.classList.toggle("unplaced", !placed);
    const quote = $("[data-quote]", row);
    if (quote) quote.textContent = placed ? this.text.slice(flag.start, flag.end) : "";
    const anchor = [flag.start, flag.end, this.text.slice(flag.start, flag.end)];
    this.home.append(row);
    this.set(row, "anchor", placed ? JSON.stringify(anchor) : "");
    this.fill(flag);
    return row;
  }

  /** Ids and places of errors count rows in their order; names keep their key, so that radios stay together. */
  private number(row: HTMLElement, index: number): void {
    const [id, place] = [`at-spans-${index}`, `spans[${index}]`];
    for (const node of [row, ...$$("*", row)]) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replace(/at-spans-\d+/g, id));
      }
      if (node.dataset["error"]) node.dataset["error"] = node.dataset["error"].replace(/^spans\[\d+\]/, place);
      const label = node.getAttribute("aria-label");
      if (label) node.setAttribute("aria-label", label.replace(/flag \d+/, `flag ${index + 1}`));
    }
    const number = $("[data-number]", row);
    if (number) number.textContent = String(index + 1);
  }

  private readRow(row: HTMLElement): Flag {
    const [start, end] = place(this.get(row, "anchor"));
    return {
      key: row.dataset["flag"] ?? "",
      start,
      end,
      quote: this.get(row, "quote"),
      before: this.get(row, "before"),
      type: this.get(row, "type"),
      severity: this.get(row, "severity"),
      correction: this.get(row, "correction"),
      cannotVerify: this.get(row, "cannot_verify") !== "",
      evidence: this.get(row, "evidence"),
      sure: this.get(row, "sure"),
    };
  }

  private controls(row: HTMLElement, part: string): Control[] {
    return $$<Control>(`[name^="${part}-"]`, row);
  }

  private get(row: HTMLElement, part: string): string {
    const ticks = (control: Control): boolean => control instanceof HTMLInputElement && /radio|checkbox/.test(control.type);
    return this.controls(row, part).find((control) => !ticks(control) || (control as HTMLInputElement).checked)?.value ?? "";
  }

  private set(row: HTMLElement, part: string, value: string): void {
    for (const control of this.controls(row, part)) {
      if (control instanceof HTMLInputElement && /radio|checkbox/.test(control.type)) control.checked = control.value === value;
      else control.value = value;
    }
  }
}

function place(anchor: string): [number, number] {
  const found: unknown = anchor ? JSON.parse(anchor) : null;
  return Array.isArray(found) ? [Number(found[0]), Number(found[1])] : [0, 0];
}

// A type without a module of its own: the form as it stands, read and filled in control by control. The server makes the answer of it.
import type { Start, Work } from "./work.ts";

const FRAME = new Set(["csrf_token", "rev", "note", "confidence", "confirmed", "stop"]);

class Plain implements Work {
  readonly isForm = true;
  private readonly form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.form = form;
  }

  /** Name -> values, as a browser without scripts would send them. */
  answer(): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const [name, value] of new FormData(this.form)) {
      if (!FRAME.has(name) && typeof value === "string") (found[name] ??= []).push(value);
    }
    return found;
  }

  restore(answer: Record<string, unknown>): void {
    const left = new Map(Object.entries(answer).map(([name, values]) => [name, Array.isArray(values) ? values.map(String) : []]));
    for (const control of this.form.elements) {
      if (control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type)) {
        if (!FRAME.has(control.name)) control.checked = left.get(control.name)?.includes(control.value) ?? false;
      } else if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) {
        control.value = left.get(control.name)?.shift() ?? control.value;
      }
    }
  }
}

/** Any form on this page. */
export const start: Start = ({ form }) => new Plain(form);

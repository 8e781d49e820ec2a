/** What the frame of the workspace and the module of a task type know of each other. */
import type { Keys } from "../core/keys.ts";

export interface Frame {
  form: HTMLFormElement;
  keys: Keys;
  /** The answer changed: save it soon. */
  changed: () => void;
  /** Save it now; what the server says next is about this answer. */
  save: () => Promise<void>;
  /** Hand it in. */
  submit: () => boolean;
  /** What Escape does where a type has nothing to stop. */
  escape: () => boolean;
  /** Another deadline, as the server says. */
  expires: (iso: string) => void;
  /** Somebody waits for something that is not their work: both clocks rest. */
  pause: (on: boolean) => void;
}

/** One task type on the screen. */
export interface Work {
  /** What `answer` gives is the form, name -> values; the server makes the answer of it. */
  readonly isForm?: boolean;
  answer: () => Record<string, unknown>;
  /** Put an answer back on the screen: text of this device that the server does not have. */
  restore: (answer: Record<string, unknown>) => void;
  /** The draft is on the server. */
  saved?: () => void;
  undo?: () => boolean;
  redo?: () => boolean;
}

export type Start = (frame: Frame) => Work;

export function $<T extends Element = HTMLElement>(selector: string, inside: ParentNode = document): T | null {
  return inside.querySelector<T>(selector);
}

export function $$<T extends Element = HTMLElement>(selector: string, inside: ParentNode = document): T[] {
  return [...inside.querySelectorAll<T>(selector)];
}

/** The control of this name that belongs to the form, wherever it stands on the page. */
export function field<T extends HTMLElement = HTMLInputElement>(form: HTMLFormElement, name: string): T | null {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLElement ? (found as T) : null;
}

/** The value of a group of radios or of one control; "" when there is none. */
export function valueOf(form: HTMLFormElement, name: string): string {
  const found = form.elements.namedItem(name);
  if (found instanceof RadioNodeList) return found.value;
  return found instanceof HTMLElement && "value" in found ? String(found.value) : "";
}

/** The values of the ticked boxes of this name. */
export function ticked(form: HTMLFormElement, name: string): string[] {
  return [...form.elements].flatMap((control) =>
    control instanceof HTMLInputElement && control.name === name && control.checked ? [control.value] : [],
  );
}

/** Tick exactly these boxes or radios of a name. */
export function tick(form: HTMLFormElement, name: string, values: readonly string[]): void {
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && control.name === name) control.checked = values.includes(control.value);
  }
}

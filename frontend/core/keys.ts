// One-key shortcuts. Every key has a visible control that names it in aria-keyshortcuts; pressing the key presses the
// control, or puts the focus on it. They rest while somebody types, and can be changed or switched off (WCAG 2.1.4).
import type { Shelf } from "./draft.ts";

export interface Choice {
  off: boolean;
  /** Our key -> the key somebody wants instead. */
  map: Record<string, string>;
}

const PLACE = "keys";
const LETTER = /^[a-z0-9=]$/;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches("textarea, select") || target.isContentEditable) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
}

export function readChoice(shelf: Shelf): Choice {
  try {
    const kept = JSON.parse(shelf.getItem(PLACE) ?? "{}") as Partial<Choice>;
    return { off: kept.off === true, map: { ...kept.map } };
  } catch {
    return { off: false, map: {} };
  }
}

export function keepChoice(shelf: Shelf, choice: Choice): void {
  try {
    shelf.setItem(PLACE, JSON.stringify(choice));
  } catch {
    // it holds until the page is left
  }
}

/** Which of our keys was meant, after somebody's changes; null when the pressed key was given away. */
export function meant(pressed: string, map: Record<string, string>): string | null {
  const ours = Object.keys(map).find((key) => map[key] === pressed);
  if (ours !== undefined) return ours;
  return map[pressed] !== undefined ? null : pressed;
}

/** The choice with one key changed; false when another one has it already or it cannot be used. */
export function change(choice: Choice, ours: string, wanted: string, taken: readonly string[]): Choice | false {
  if (!LETTER.test(wanted)) return false;
  const used = taken.filter((key) => key !== ours).map((key) => choice.map[key] ?? key);
  if (used.includes(wanted)) return false;
  const { [ours]: _, ...rest } = choice.map;
  return { ...choice, map: wanted === ours ? rest : { ...rest, [ours]: wanted } };
}

/** How a pressed key is written in aria-keyshortcuts, such as `Control+Shift+P`, `Alt+T`, `z`. */
export function written(event: KeyboardEvent): string {
  const held = [(event.ctrlKey || event.metaKey) && "Control", event.altKey && "Alt"].filter(Boolean);
  const letter = event.key.length === 1 && /[a-z]/i.test(event.key);
  if (!held.length && !(event.shiftKey && letter)) return letter ? event.key.toLowerCase() : event.key;
  return [...held, event.shiftKey && "Shift", letter ? event.key.toUpperCase() : event.key].filter(Boolean).join("+");
}

const shown = (element: Element): boolean => element.getClientRects().length > 0;

/** Press the control of a key, or focus what cannot be pressed; false when there is none on the screen. */
export function press(name: string): boolean {
  const control = [...document.querySelectorAll<HTMLElement>(`[aria-keyshortcuts~="${CSS.escape(name)}"]`)].find(shown);
  if (!control) return false;
  if (control.matches("button, summary, a, input[type=checkbox]")) control.click();
  else control.focus();
  return true;
}

export class Keys {
  choice: Choice;
  private readonly shelf: Shelf;
  private readonly actions = new Map<string, () => boolean | void>();
  private readonly overDialogs = new Set(["Escape"]);

  constructor(shelf: Shelf) {
    this.shelf = shelf;
    this.choice = readChoice(shelf);
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Do this on a key; false from the action lets the key go on. Keys rest while a dialog is open, unless told. */
  on(name: string, action: () => boolean | void, inDialogs = false): void {
    this.actions.set(name, action);
    if (inDialogs) this.overDialogs.add(name);
  }

  set(choice: Choice): void {
    this.choice = choice;
    keepChoice(this.shelf, choice);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    const name = written(event);
    const single = name === "+" || !name.includes("+") || name === "Shift+Z";
    if (single && name !== "Escape" && (isTyping(event.target) || this.choice.off)) return;
    if (document.querySelector("dialog[open]") && !this.overDialogs.has(name)) return;
    const ours = single && name.length === 1 ? meant(name, this.choice.map) : name;
    if (ours === null || event.repeat || name.includes("Arrow")) return; // arrows belong to lists and radios
    const action = this.actions.get(ours);
    const done = action ? action() !== false : press(ours);
    if (done) event.preventDefault();
  }
}

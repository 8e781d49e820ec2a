import { icon } from "./icon.ts";
import { say } from "./live.ts";

export interface ToastAction {
  text: string;
  run: () => void;
}

const SHOWN_MS = 8000;

/** Shows a sentence in the corner and says it; with an action it stays until that time is over or it is closed. */
export function toast(text: string, action?: ToastAction): () => void {
  const corner = document.getElementById("toasts");
  say(text);
  if (!corner) return () => undefined;
  const box = document.createElement("div");
  box.className = "toast";
  const sentence = document.createElement("p");
  sentence.textContent = text;
  box.append(sentence);
  const close = (): void => box.remove();
  const button = (name: string, run: () => void): HTMLButtonElement => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = name;
    made.addEventListener("click", () => {
      close();
      run();
    });
    return made;
  };
  if (action) box.append(button(action.text, action.run));
  const dismiss = button("", () => undefined);
  dismiss.setAttribute("aria-label", "Close this message");
  dismiss.append(icon("x"));
  box.append(dismiss);
  corner.append(box);
  waitUnlessWatched(box, close);
  return close;
}

/** Closes after a while, but never while somebody points at it or is inside it. */
function waitUnlessWatched(box: HTMLElement, close: () => void): void {
  let timer = window.setTimeout(close, SHOWN_MS);
  const stop = (): void => window.clearTimeout(timer);
  const start = (): void => {
    stop();
    timer = window.setTimeout(close, SHOWN_MS);
  };
  box.addEventListener("pointerenter", stop);
  box.addEventListener("focusin", stop);
  box.addEventListener("pointerleave", start);
  box.addEventListener("focusout", start);
}

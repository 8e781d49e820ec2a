import { say } from "./live.ts";

const RETRY_MS = 8000;

/** Forms may be sent again. */
function wakeForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
  for (const busy of document.querySelectorAll("form [aria-busy]")) busy.removeAttribute("aria-busy");
}

/** What a form gets where scripts run: one send for a double click, Show for passwords, files by dropping, counts. */
export function watchForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
    if (form.dataset["sent"] !== undefined) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    form.dataset["sent"] = "";
    (event.submitter ?? form.querySelector("button[type=submit]"))?.setAttribute("aria-busy", "true");
    window.setTimeout(wakeForms, RETRY_MS); // a download answers without a new page
  });
  window.addEventListener("pageshow", wakeForms);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const show = event.target.closest<HTMLButtonElement>("button[data-show]");
    if (show) togglePassword(show);
    const copy = event.target.closest<HTMLButtonElement>("button[data-copy]");
    if (copy) void copyText(copy);
  });
  watchDrops();
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) countWords(event.target);
  });
}

/** How many words a box has, in the line it names: `data-words`. */
function countWords(box: HTMLTextAreaElement): void {
  const line = document.getElementById(box.dataset["words"] ?? "");
  const told = line?.querySelector<HTMLElement>("[data-so-far]");
  const number = line?.querySelector("[data-count]");
  if (!told || !number) return;
  told.hidden = false;
  number.textContent = String(box.value.split(/\s+/).filter(Boolean).length);
}

/** Buttons that need scripts are hidden in the markup; new parts of a page come through here. */
export function dressForms(part: ParentNode): void {
  for (const button of part.querySelectorAll<HTMLElement>("button[data-show], button[data-copy]")) button.hidden = false;
  part.querySelector<HTMLElement>("[data-focus]")?.focus();
}

function togglePassword(button: HTMLButtonElement): void {
  const input = document.getElementById(button.dataset["show"] ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  if (button.firstChild) button.firstChild.nodeValue = shown ? "Hide" : "Show";
  say(shown ? "Your password is shown" : "Your password is hidden");
}

async function copyText(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset["copy"] ?? "");
  if (!source) return;
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? "");
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
    const words = button.lastChild;
    if (!words) return;
    const before = words.nodeValue;
    words.nodeValue = "Copied";
    window.setTimeout(() => (words.nodeValue = before), 2000);
  } catch {
    if (source instanceof HTMLInputElement) source.select();
    say("Press Control and C to copy");
  }
}

function watchDrops(): void {
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      const frame = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-drop]") : null;
      if (!frame) return;
      event.preventDefault();
      frame.classList.toggle("over", kind === "dragover");
      const input = frame.querySelector<HTMLInputElement>("input[type=file]");
      if (kind === "drop" && input && event.dataTransfer?.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
}

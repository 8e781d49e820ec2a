import { dressForms } from "./forms.ts";
import { say } from "./live.ts";
import { toast } from "./toast.ts";

interface Answer {
  xhr: XMLHttpRequest;
}

const UNAUTHORIZED = 401;
const SERVER_FAULT = 500;

/** What happens around htmx: focus and a sentence after a swap, a dialog when signed out, words for faults. */
export function watchUpdates(): void {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!(event.target instanceof Element)) return;
    dressForms(event.target);
    const said = event.target.closest<HTMLElement>("[data-say]") ?? event.target.querySelector<HTMLElement>("[data-say]");
    if (said?.dataset["say"]) say(said.dataset["say"]);
    if (document.activeElement === document.body) focusHeading(event.target);
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event)) return;
    const { status } = (event as CustomEvent<Answer>).detail.xhr;
    if (status === UNAUTHORIZED) signedOut();
    else if (status >= SERVER_FAULT) toast("There is a problem on our side. Nothing was lost; try again.");
    else toast("That did not work. Load the page again, then try once more.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (isQuiet(event)) return;
    toast("You are offline. Nothing was sent; try again when you are back.");
  });
  // A view says something with the header HX-Trigger: {"toast": {"text": "..."}}
  document.addEventListener("toast", (event) => {
    const { text } = (event as CustomEvent<{ text?: string }>).detail;
    if (text) toast(text);
  });
}

/** Whether nobody asked for this: a part of the page looks by itself whether something is ready. */
function isQuiet(event: Event): boolean {
  return event.target instanceof Element && event.target.hasAttribute("data-quiet");
}

/** The dialog that keeps what is on the page; without it, the address for signing in. */
export function signedOut(): void {
  const box = document.getElementById("signed-out");
  if (box instanceof HTMLDialogElement) {
    if (!box.open) box.showModal();
  } else {
    toast("You were logged out. What you wrote is still on this page.");
  }
}

/** The swap took the focused control away: go on at the new heading. */
function focusHeading(part: Element): void {
  const heading = part.querySelector<HTMLElement>("h1, h2, h3");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

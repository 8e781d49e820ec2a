/** What the server says is missing: a summary with links, the same words at the fields, warnings asked once. */
import { $, $$ } from "./work.ts";

const CONTROLS = "input:not([type=hidden]), textarea, select, button";

export type Sentences = Record<string, string>;

/** `{code: sentence}` from what came, whatever else was in it. */
export function sentences(raw: unknown): Sentences {
  if (typeof raw !== "object" || raw === null) return {};
  return Object.fromEntries(Object.entries(raw).filter(([, text]) => typeof text === "string")) as Sentences;
}

/** The id of the control of a place: `constraints[0].why` stands at `at-constraints-0-why`. */
export function anchor(place: string): string {
  return `at-${place.replaceAll("].", "-").replaceAll("[", "-").replaceAll("]", "").replaceAll(".", "-")}`;
}

/** The nearest thing on the page for a place: itself, else what it is a part of. */
export function nearest(place: string, has: (name: string) => boolean): string | null {
  let name = place;
  while (name) {
    if (has(name)) return name;
    const shorter = name.replace(/(\.[^.[\]]*|\[\d+\])$/, "");
    if (shorter === name) return null;
    name = shorter;
  }
  return null;
}

const target = (place: string): HTMLElement | null => {
  const name = nearest(place, (one) => document.getElementById(anchor(one)) !== null);
  return name === null ? null : document.getElementById(anchor(name));
};

/** Put the focus on the control of a place, or on the first control inside it. */
export function goTo(place: string): void {
  const found = target(place);
  if (!found) return;
  const inside = found.matches(CONTROLS) ? found : $(`${CONTROLS}, [tabindex]`, found);
  for (let fold = found.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
  found.scrollIntoView({ block: "center" });
  (inside ?? found).focus({ preventScroll: true });
}

function mark(errors: Sentences): void {
  const shown = new Map<string, string>();
  for (const [place, sentence] of Object.entries(errors)) {
    const name = nearest(place, (one) => $(`[data-error="${CSS.escape(one)}"]`) !== null);
    if (name !== null && !shown.has(name)) shown.set(name, sentence);
  }
  for (const note of $$("[data-error]")) {
    const sentence = shown.get(note.dataset["error"] ?? "");
    note.hidden = sentence === undefined;
    const text = $("[data-sentence]", note);
    if (text) text.textContent = sentence ?? "";
    note.closest(".field")?.classList.toggle("wrong", sentence !== undefined);
  }
}

function inPageOrder(places: string[]): string[] {
  return places.sort((one, other) => {
    const [a, b] = [target(one), target(other)];
    if (!a || !b || a === b) return 0;
    return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  });
}

/** Show what is wrong and put the focus on the summary; nothing is wrong: clear it all. */
export function showErrors(errors: Sentences): void {
  mark(errors);
  const [box, list] = [$("#problems"), $("#problem-list")];
  const places = inPageOrder(Object.keys(errors));
  document.title = document.title.replace(/^Error: /, "");
  if (!box || !list) return;
  box.hidden = places.length === 0;
  list.replaceChildren(
    ...places.map((place) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = `#${target(place)?.id ?? "problems"}`;
      link.dataset["place"] = place;
      link.textContent = errors[place] ?? "";
      item.append(link);
      return item;
    }),
  );
  if (!places.length) return;
  document.title = `Error: ${document.title}`;
  box.focus();
}

/** The codes that stand on the page to be confirmed by sending again. */
export function confirmed(): string[] {
  return $$<HTMLInputElement>("#caution-list input").map((input) => input.value);
}

/** Ask about these; asking about nothing takes the question away. */
export function showWarnings(warnings: Sentences): void {
  const [box, list, button] = [$("#cautions"), $("#caution-list"), $("#submit-text")];
  const codes = Object.keys(warnings);
  if (!box || !list || !button) return;
  list.replaceChildren(
    ...codes.map((code) => {
      const [item, hidden] = [document.createElement("li"), document.createElement("input")];
      item.textContent = warnings[code] ?? "";
      Object.assign(hidden, { type: "hidden", name: "confirmed", value: code });
      item.append(hidden);
      return item;
    }),
  );
  box.hidden = codes.length === 0;
  button.textContent = codes.length ? "Submit anyway" : (button.dataset["first"] ?? "Submit");
  if (codes.length) box.focus();
}

/** Links of the summary move the focus, not only the page. */
export function watchSummary(): void {
  $("#problems")?.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
    if (!link?.dataset["place"]) return;
    event.preventDefault();
    goTo(link.dataset["place"]);
  });
}

/** Draws given steps: which one is active, what is folded, the labels in one line, where one stands. */
import { firstError, restSentence, SIGNS, spoken } from "./labels.ts";
import type { Judge } from "./steps_judge.ts";
import { $, $$ } from "./work.ts";

export function paint(judge: Judge): void {
  const marks = judge.marks();
  const folded = judge.folded();
  for (const card of $$("[data-step]")) {
    const number = Number(card.dataset["step"]);
    card.classList.toggle("active", number === judge.active);
    card.hidden = folded.includes(number);
  }
  paintRest(folded);
  const strip = $("[data-strip]");
  strip?.setAttribute("aria-label", spoken(marks));
  $$("i", strip ?? undefined).forEach((sign, index) => (sign.textContent = SIGNS[marks[index] ?? ""]));
  const error = firstError(marks);
  write("#first-error", error === null ? "No step is marked as wrong." : `First error: step ${error}.`);
  write("#labelled", String(marks.filter((mark) => mark !== "").length));
  write("#step-at", `${judge.active} of ${judge.numbers.length}`);
}

function paintRest(folded: readonly number[]): void {
  const rest = $("#rest");
  if (!rest) return;
  rest.hidden = folded.length === 0;
  const sentence = $("[data-sentence]", rest);
  if (sentence && folded.length) sentence.textContent = restSentence(folded);
}

function write(selector: string, text: string): void {
  const place = $(selector);
  if (place) place.textContent = text;
}

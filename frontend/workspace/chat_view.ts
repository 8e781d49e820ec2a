/** What follows from the labels on the page: the red turn, what its controls offer, the words in the panel and the dock. */
import { FAILURES, finding, REFUSALS, type TurnLabel } from "./chat_labels.ts";
import { $, $$ } from "./work.ts";

interface Shown {
  turns: TurnLabel[];
  failure: number | null;
  severity: number | null;
  resisted: boolean;
}

/** Draw all of it again. */
export function paint({ turns, failure, severity, resisted }: Shown): void {
  for (const { id, outcome, tactics } of turns) {
    const card = $(`#turn-${id}`);
    if (!card) continue;
    card.classList.toggle("flagged", id === failure && !resisted);
    card.classList.toggle("fails", outcome !== null && FAILURES.includes(outcome));
    card.classList.toggle("refuses", outcome !== null && REFUSALS.includes(outcome));
    const said = $(".attempt-of > summary .muted", card);
    if (said) said.textContent = tactics.map((value) => wordsOf(card, value)).join(", ");
  }
  const of = $("#report-of");
  if (of) of.textContent = failure !== null && !resisted ? `turn ${failure}` : "";
  const dock = $("#finding > span");
  if (dock) dock.textContent = finding(resisted, failure, $(`.sev-o:has([value="${severity ?? ""}"]) b`)?.textContent ?? "");
}

function wordsOf(card: HTMLElement, value: string): string {
  const box = $$<HTMLInputElement>("input[type=checkbox]", card).find((one) => one.value === value);
  return box?.closest("label")?.textContent?.trim() ?? value;
}

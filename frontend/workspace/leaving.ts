/** Leaving a task: what was written is saved first; what stopping half way pays grows with the active time. */
import { post } from "../core/http.ts";
import { $, $$ } from "./work.ts";

/** Forms that give the task away are sent once the draft is on the server. */
export function savedBeforeLeaving(save: () => Promise<void>): void {
  for (const form of $$<HTMLFormElement>("form[data-leaving]")) {
    let saved = false;
    form.addEventListener("submit", (event) => {
      if (saved) return;
      event.preventDefault();
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      void save().then(() => {
        saved = true;
        form.requestSubmit(event.submitter);
      });
    });
  }
}

/** What the server says stopping pays now, or why it is not possible. */
export function showStop(data: Record<string, unknown>): void {
  const [minor, refusal] = [data["stop_minor"], data["stop_refused"]];
  const place = $("#stop-half");
  if (!place || typeof minor !== "number" || typeof refusal !== "string") return;
  const [agreed, amount] = [$<HTMLInputElement>("[data-stop-minor]", place), $("[data-stop-shown]", place)];
  const [offer, sentence] = [$("[data-stop-offer]", place), $("[data-stop-refused]", place)];
  if (agreed) agreed.value = String(minor);
  if (amount) amount.textContent = String(data["stop_shown"] ?? "");
  if (offer) offer.hidden = refusal !== "";
  if (sentence) sentence.hidden = refusal === "";
  if (sentence) sentence.textContent = refusal;
}

/** The task held ahead goes back on leaving by the arrow, and when this task is to be the last for now. */
export function watchGivingBack(url: string, isLast: () => boolean, gone: () => void): void {
  if (!url) return;
  const giveBack = (): void => void post(url, {}, true);
  $("a[data-back]")?.addEventListener("click", () => {
    gone(); // the save on leaving must not hold another one
    giveBack();
  });
  $('[name="stop"]')?.addEventListener("change", () => {
    if (isLast()) giveBack();
  });
}

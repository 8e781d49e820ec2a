/** The bar: draft state, time left, active time. */
import { Deadline, duration } from "../core/deadline.ts";
import type { State } from "../core/draft.ts";
import { post, serverNow, setServerNow } from "../core/http.ts";
import { say } from "../core/live.ts";
import { toast } from "../core/toast.ts";
import { $, $$ } from "./work.ts";

const BEAT_MS = 15_000;
const WORDS: Record<State, string> = {
  saved: "Draft saved",
  saving: "Saving…",
  offline: "Offline. Saved on this device",
  stale: "Open in another tab",
  signed_out: "Logged out. Saved on this device",
  expired: "Not open any more",
  failed: "Not saved",
};
const GOOD: readonly State[] = ["saved", "saving"];

let paused = false;

/** Let both clocks rest, or go on: waiting for a model is neither work nor the expert's time. */
export function pause(on: boolean): void {
  paused = on;
  $("#deadline")?.classList.toggle("rests", on);
}

/** The state of the draft; it is only said when it turns to trouble. */
export function showDraft(state: State): void {
  const place = $("#saved");
  const words = place && $("span", place);
  if (!place || !words || words.textContent === WORDS[state]) return;
  words.textContent = WORDS[state];
  const bad = !GOOD.includes(state);
  if (bad && !place.classList.contains("bad")) say(WORDS[state], true);
  place.classList.toggle("bad", bad);
}

/** Counts down by the server's clock, warns twice, adds time by one click or key. */
export function watchDeadline(beforeLeaving: () => Promise<void>): (expires: string, paused: string) => void {
  const place = $("#deadline");
  if (!place) return () => undefined;
  setServerNow(Date.parse(place.dataset["now"] ?? ""));
  const deadline = new Deadline(
    Date.parse(place.dataset["expires"] ?? ""),
    Number(place.dataset["extensions"]),
    Number(place.dataset["minutes"]),
  );
  deadline.rest(Date.parse(place.dataset["paused"] ?? ""));
  const tick = (): void => showTime(place, deadline);
  window.setInterval(tick, 1000);
  tick();
  for (const form of $$<HTMLFormElement>("form[data-extend]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void extend(form, deadline, beforeLeaving).then(tick);
    });
  }
  return (expires, paused) => {
    deadline.extend(Date.parse(expires), deadline.left);
    deadline.rest(Date.parse(paused));
  };
}

function showTime(place: HTMLElement, deadline: Deadline): void {
  if (paused) return;
  const { text, minutes, level, said } = deadline.look(serverNow());
  const digits = $("[data-left]", place);
  if (digits) digits.textContent = text;
  const resting = $("[data-resting]", place);
  if (resting) resting.hidden = !deadline.isResting(serverNow());
  place.setAttribute("aria-label", `${minutes} ${minutes === 1 ? "minute" : "minutes"} left on this task`);
  place.classList.toggle("warn", level !== "");
  const note = $("#deadline-note");
  if (note) {
    note.hidden = level === "" || (level === "warn" && !deadline.canExtend);
    const sentence = $("[data-sentence]", note);
    if (sentence) sentence.textContent = deadline.sentence(level);
  }
  if (said) say(said, true);
}

async function extend(form: HTMLFormElement, deadline: Deadline, beforeLeaving: () => Promise<void>): Promise<void> {
  const answer = await post(form.action, {});
  const expires = answer.data["expires_at"];
  if (typeof expires === "string") {
    const left = Number(answer.data["extensions_left"] ?? 0);
    deadline.extend(Date.parse(expires), left);
    for (const other of $$<HTMLElement>("form[data-extend]")) other.hidden = left <= 0;
    say(`${deadline.minutes} minutes added`, true);
  } else if (answer.moved !== null) {
    await beforeLeaving();
    location.reload(); // the server answered with a page: load it, the draft is saved
  } else {
    toast(answer.status ? "No time could be added." : "You are offline. Try again when you are back.");
  }
}

/** Every 15 seconds while the workspace has the focus: the server counts, we show. */
export function watchActive(url: string, told: (data: Record<string, unknown>) => void): void {
  const place = $("#active");
  let seconds = Number(place?.dataset["seconds"] ?? 0);
  const beat = async (): Promise<void> => {
    if (!document.hasFocus() || paused) return;
    const answer = await post(url, {});
    if (typeof answer.data["active_seconds"] === "number") seconds = answer.data["active_seconds"];
    told(answer.data);
  };
  window.setInterval(() => {
    if (!document.hasFocus() || paused) return;
    seconds += 1;
    if (place) place.textContent = duration(seconds);
  }, 1000);
  window.setInterval(() => void beat(), BEAT_MS);
  void beat();
}

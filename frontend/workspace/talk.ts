// Talking to the model: sending, trying again, branching; the reply as it comes, and the server's page when it is there.
import { stream, type Answer } from "../core/http.ts";
import { say } from "../core/live.ts";
import { toast } from "../core/toast.ts";
import type { Chat } from "./chat.ts";
import { sentences, showErrors } from "./problems.ts";
import { $, $$, field } from "./work.ts";
import { countWords } from "./words.ts";

const AGAIN_MS = 700;
const LOST_MS = 270_000; // longer than the server waits for a reply that nobody writes down any more
const SLOWEST_MS = 5_000;
const CUT = "The connection broke off. Your message is kept; what came of it is shown here.";

type Wanted = { text: string; after: number | null } | { again: number };

export class Talk {
  private readonly chat: Chat;
  private stopping: AbortController | null = null;

  constructor(chat: Chat) {
    this.chat = chat;
    document.addEventListener("click", (event) => this.clicked(event));
    chat.frame.keys.on("Escape", () => this.stop() || chat.frame.escape());
    chat.frame.keys.on("Control+Enter", () => this.enter());
    chat.frame.keys.on("r", () => this.press("again"));
    chat.frame.keys.on("b", () => this.press("branch"));
    if ($("#conversation")?.dataset["waits"] !== undefined) void this.settle("");
  }

  /** A button of the conversation, that without scripts sends the whole form. */
  private clicked(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("#conversation button") : null;
    if (!button) return;
    if (button.id === "stop") this.stop();
    if (!["send", "again", "branch"].includes(button.name)) return;
    event.preventDefault();
    if (button.name === "branch") this.branch(button.value);
    else if (button.name === "again") void this.ask({ again: Number(button.value) });
    else this.send();
  }

  private enter(): boolean {
    if (document.activeElement?.id !== "at-message") return this.chat.frame.submit();
    this.send();
    return true;
  }

  private press(name: string): boolean {
    const button = this.chat.current()?.querySelector<HTMLButtonElement>(`button[name="${name}"]`);
    button?.click();
    return button !== null && button !== undefined;
  }

  private send(): void {
    const text = field<HTMLTextAreaElement>(this.chat.frame.form, "message")?.value ?? "";
    const parent = field<HTMLInputElement>(this.chat.frame.form, "parent")?.value ?? "";
    void this.ask({ text, after: parent ? Number(parent) : null });
  }

  /** The next message goes on from another reply; nothing is sent. */
  private branch(value: string): void {
    const told = $$(".msg.bot").at(-1)?.dataset["turn"] ?? "";
    const parent = field<HTMLInputElement>(this.chat.frame.form, "parent");
    const [note, words] = [$("#branch-note"), $("#branch-note [data-start]")];
    if (parent) parent.value = value || told;
    if (note) note.hidden = value === "" || value === told;
    if (words) words.textContent = `turn ${value || told}`;
    $("#at-message")?.focus();
    say(value ? `Your next message goes on after turn ${value}` : "Your next message goes on at the end");
  }

  private stop(): boolean {
    if (!this.stopping) return false;
    this.stopping.abort();
    return true;
  }

  private async ask(wanted: Wanted): Promise<void> {
    const url = $("#conversation")?.dataset["talk"];
    if (!url || this.stopping) return;
    this.stopping = new AbortController();
    await this.chat.frame.save();
    this.begin("text" in wanted ? wanted.text : "");
    const coming = new Coming();
    const answer = await stream(url, wanted, this.stopping.signal, (line) => coming.take(line));
    const stopped = this.stopping.signal.aborted;
    this.stopping = null;
    if (coming.message !== null && "text" in wanted) this.sent();
    const cut = answer.status === 0 && coming.message !== null;
    if (answer.status === 200 || stopped || cut) await this.arrived(coming, stopped, cut);
    else this.refused(answer);
  }

  /** The reply's place is open, the clocks rest. */
  private begin(text: string): void {
    const [log, words, problem] = [$("#log"), $("#log-text"), $("#log-problem")];
    this.chat.frame.pause(true);
    if (problem) problem.hidden = true;
    showErrors({});
    if (words) words.textContent = "";
    if (log) log.hidden = false;
    const mine = $("#log-mine");
    if (mine) {
      mine.hidden = text === "";
      mine.textContent = text;
    }
    $("#conversation")?.setAttribute("aria-busy", "true");
    log?.scrollIntoView({ block: "nearest" });
    say("Sent. Waiting for the model.");
  }

  /** The message is with the server, whatever became of the reply. */
  private async arrived(coming: Coming, stopped: boolean, cut: boolean): Promise<void> {
    if (coming.expires) this.chat.frame.expires(coming.expires);
    const count = countWords(coming.text);
    const words = `Model answered, ${count} ${count === 1 ? "word" : "words"}`;
    if (cut) this.warn(CUT);
    await this.settle(stopped ? "Stopped" : cut ? CUT : (coming.problem ?? words), coming.message);
  }

  /** The server has the message: its box is free for the next one. */
  private sent(): void {
    const box = field<HTMLTextAreaElement>(this.chat.frame.form, "message");
    if (!box?.value) return;
    box.value = "";
    this.chat.frame.changed();
  }

  /** The server's page counts: load it until nothing is under way, and put its conversation here. */
  private async settle(word: string, message: number | null = null): Promise<void> {
    const end = Date.now() + LOST_MS;
    for (let pause = AGAIN_MS; Date.now() < end; pause = Math.min(pause * 1.1, SLOWEST_MS)) {
      const page = await this.page();
      if (page && page.dataset["waits"] === undefined) {
        this.renew(page, message);
        if (word) say(word);
        return;
      }
      await new Promise((done) => window.setTimeout(done, pause));
    }
    this.ended();
    toast("The page could not be loaded. What was said is kept: load it again.");
  }

  private async page(): Promise<HTMLElement | null> {
    try {
      const answer = await fetch(`${location.pathname}?show=1`, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return null;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["at-repro", "finding"]) $(`#${id}`)?.replaceWith(...found.querySelectorAll(`#${id}`));
      return found.querySelector<HTMLElement>("#conversation");
    } catch {
      return null;
    }
  }

  /** What the server has, with everything that stands in the boxes here. */
  private renew(page: HTMLElement, message: number | null): void {
    const { form } = this.chat.frame;
    const kept = new Map(["goal", "message"].map((name) => [name, field<HTMLTextAreaElement>(form, name)?.value]));
    const open = new Set($$<HTMLDetailsElement>("#conversation details[open]").map((one) => one.closest(".msg")?.id));
    const old = $("#conversation");
    old?.replaceWith(page);
    for (const [name, text] of kept) {
      const box = field<HTMLTextAreaElement>(form, name);
      if (box && text !== undefined) box.value = text;
    }
    for (const veil of $$<HTMLDetailsElement>(".shut")) if (open.has(veil.closest(".msg")?.id)) veil.open = true;
    this.ended();
    this.chat.renewed();
    const card = message === null ? null : $(`#turn-${message}`);
    (card ?? $("#composer"))?.scrollIntoView({ block: "start" });
    $("#at-message")?.focus({ preventScroll: true });
  }

  private refused({ status, data }: Answer): void {
    this.ended();
    const log = $("#log");
    if (log) log.hidden = true;
    if (status === 422 && data["errors"]) {
      showErrors(sentences(data["errors"]));
      return;
    }
    const offline = "You are offline. Your message is still here; send it again when you are back.";
    this.warn(status === 0 ? offline : String(data["message"] ?? "That did not work. Send it again."));
  }

  private warn(sentence: string): void {
    const [box, words] = [$("#log-problem"), $("#log-problem [data-sentence]")];
    if (words) words.textContent = sentence;
    if (box) box.hidden = false;
  }

  private ended(): void {
    this.chat.frame.pause(false);
    $("#conversation")?.removeAttribute("aria-busy");
  }
}

/** What has come of a reply so far; it is shown as it is, and only said when it is whole. */
class Coming {
  text = "";
  message: number | null = null;
  problem: string | null = null;
  expires: string | null = null;

  take(line: Record<string, unknown>): void {
    if (typeof line["message"] === "number") this.message = line["message"];
    if (typeof line["problem"] === "string") this.problem = line["problem"];
    if (typeof line["expires_at"] === "string") this.expires = line["expires_at"];
    if (typeof line["piece"] !== "string") return;
    this.text += line["piece"];
    const covered = $<HTMLInputElement>("#cover")?.checked === true;
    const place = $("#log-text");
    if (place) place.textContent = covered ? `${countWords(this.text)} words so far` : this.text;
  }
}

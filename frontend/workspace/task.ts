/** A task on the screen: draft, deadline, sending; the module of its type does the rest. */
import { Draft, type Content, type Copy, type State } from "../core/draft.ts";
import { post, type Answer } from "../core/http.ts";
import { Keys, isTyping } from "../core/keys.ts";
import { toast } from "../core/toast.ts";
import { signedOut } from "../core/updates.ts";
import { pause, showDraft, watchActive, watchDeadline } from "./bar.ts";
import { savedBeforeLeaving, showStop, watchGivingBack } from "./leaving.ts";
import { closeDrawer, watchDrawers, watchKeyList, watchUndoToasts } from "./panels.ts";
import { start as plain } from "./plain.ts";
import { confirmed, sentences, showErrors, showWarnings, watchSummary } from "./problems.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";
import { countWords } from "./words.ts";

class Task {
  private readonly form: HTMLFormElement;
  private readonly keys = new Keys(localStorage);
  private readonly draft: Draft;
  private work: Work;
  private sending = false;
  private gone = false;
  private over = false;

  constructor(form: HTMLFormElement) {
    this.form = form;
    this.work = plain(this.frame(() => undefined));
    this.draft = new Draft({
      id: form.dataset["assignment"] ?? "",
      rev: Number(valueOf(form, "rev")),
      read: () => this.content(),
      send: (body, leaving) => post(form.dataset["save"] ?? "", { ...body, stop: this.gone || this.isLast() }, leaving),
      tell: (state, data) => this.told(state, data),
      shelf: localStorage,
      now: () => Date.now(),
      wait: (run, milliseconds) => window.setTimeout(run, milliseconds),
      stop: (timer) => window.clearTimeout(timer),
    });
  }

  async open(): Promise<void> {
    const start = await startOf(this.form.dataset["type"] ?? "");
    const expires = watchDeadline(() => this.draft.flush());
    this.watch();
    this.work = start(this.frame(expires));
    watchActive(this.form.dataset["heartbeat"] ?? "", (data) => {
      if (typeof data["expires_at"] === "string") expires(data["expires_at"], String(data["paused_until"] ?? ""));
      showStop(data);
      if (typeof data["next"] === "string" && "active_seconds" in data) void this.withdrawn(data);
    });
    this.offerCopy();
    document.body.dataset["live"] = "";
  }

  private frame(expires: (iso: string, paused: string) => void): Frame {
    return {
      form: this.form,
      keys: this.keys,
      changed: () => this.draft.change(),
      save: () => this.draft.flush(),
      submit: () => {
        $("#submit")?.click();
        return true;
      },
      escape: () => this.escape(),
      expires: (iso) => expires(iso, ""),
      pause,
    };
  }

  private content(): Content {
    return {
      [this.work.isForm ? "form" : "answer"]: this.work.answer(),
      note: valueOf(this.form, "note"),
      confidence: Number(valueOf(this.form, "confidence")) || null,
    };
  }

  /** "Stop after this one": no next task is held ahead. */
  private isLast(): boolean {
    return ticked(this.form, "stop").length > 0;
  }

  private watch(): void {
    watchDrawers();
    watchKeyList(this.keys);
    watchUndoToasts();
    watchSummary();
    watchCounts(this.form);
    savedBeforeLeaving(() => this.draft.flush());
    watchGivingBack(
      this.form.dataset["leave"] ?? "",
      () => this.isLast(),
      () => (this.gone = true),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    document.addEventListener("input", (event) => {
      const control = event.target;
      const own = control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement;
      if (own && control.form === this.form && control.name !== "stop") this.draft.change();
    });
    document.addEventListener("focusout", (event) => {
      if (isTyping(event.target)) void this.draft.flush();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.draft.flush(true);
    });
    window.addEventListener("pagehide", () => void this.draft.flush(true));
    window.addEventListener("online", () => void this.draft.flush());
    window.addEventListener("focus", () => void this.draft.flush());
    $("#undo")?.addEventListener("click", () => this.work.undo?.());
    this.watchKeys();
  }

  private watchKeys(): void {
    this.keys.on("Shift+Z", () => this.work.redo?.() ?? false);
    this.keys.on("Escape", () => this.escape());
  }

  private escape(): boolean {
    if (!isTyping(document.activeElement)) return closeDrawer();
    const home = $(".rk-b[tabindex='0']") ?? $("#main");
    home?.focus();
    return true;
  }

  private told(state: State, data: Record<string, unknown>): void {
    showDraft(state);
    if (state === "saved") this.work.saved?.();
    if (state === "signed_out") signedOut();
    if (state === "stale") this.readOnly(data);
    if (state === "expired") this.ended(data);
    if (state === "failed") toast("Your draft could not be saved. Copy what you wrote, then load the page again.");
  }

  /** Another tab has saved since: this one rests until somebody decides which text counts. */
  private readOnly(data: Record<string, unknown>): void {
    this.rest(true);
    trouble("This task is open in another tab. This one is read only.", [
      ["Use this tab", () => this.takeOver(Number(data["rev"] ?? this.draft.rev))],
      ["Load what was saved", () => this.reload()],
    ]);
  }

  private takeOver(rev: number): void {
    trouble(null);
    this.rest(false);
    this.draft.takeOver(rev);
  }

  private reload(): void {
    this.draft.dropCopy();
    location.reload();
  }

  private ended(data: Record<string, unknown>): void {
    this.over = true;
    pause(true);
    this.rest(true);
    const text = typeof data["message"] === "string" ? data["message"] : "Your time ran out. What you wrote is kept.";
    const next = typeof data["next"] === "string" ? data["next"] : (this.form.dataset["back"] ?? "/");
    trouble(text, [["Go on", () => location.assign(next)]]);
  }

  /** A beat says the company withdrew the task: what is typed goes to the server, then the page says so, once. */
  private async withdrawn(data: Record<string, unknown>): Promise<void> {
    if (this.over) return;
    await this.draft.flush();
    if (!this.over) this.told("expired", data);
  }

  private rest(on: boolean): void {
    this.form.inert = on;
    for (const outside of $$<HTMLElement>(".seg.rank, [data-answers]")) outside.inert = on;
  }

  /** Text of this device that the server never got: put back at once, or offered when both have changed. */
  private offerCopy(): void {
    const copy = this.draft.unsaved();
    if (!copy) return;
    const use = (): void => {
      trouble(null);
      if (("form" in copy) !== (this.work.isForm ?? false)) return void this.sendCopy(copy);
      this.work.restore((copy.answer ?? copy.form) as Record<string, unknown>);
      const note = field<HTMLTextAreaElement>(this.form, "note");
      if (note) note.value = copy.note;
      tick(this.form, "confidence", [String(copy.confidence ?? "")]);
      this.draft.change();
    };
    if (copy.rev === this.draft.rev) {
      use();
      toast("What you wrote here last time was not saved yet. It is back.");
      return;
    }
    trouble("This device has text for this task that was never saved, and a newer text was saved elsewhere.", [
      ["Use the text of this device", use],
      ["Keep the saved text", () => this.keepSaved()],
    ]);
  }

  /** Text in a shape this page cannot show: the server can, so it goes there first. */
  private async sendCopy({ at: _, ...content }: Copy): Promise<void> {
    const { status } = await post(this.form.dataset["save"] ?? "", { ...content, rev: this.draft.rev });
    if (status >= 200 && status < 300) this.reload();
  }

  private keepSaved(): void {
    this.draft.dropCopy();
    trouble(null);
  }

  private async submit(): Promise<void> {
    if (this.sending || this.form.inert) return;
    this.sending = true;
    $("#submit")?.setAttribute("aria-busy", "true");
    await this.draft.flush();
    const answer = await post(this.form.action, {
      rev: this.draft.rev,
      ...this.content(),
      confirmed: confirmed(),
      stop: this.isLast(),
    });
    this.sending = false;
    $("#submit")?.removeAttribute("aria-busy");
    this.answered(answer);
  }

  private answered({ status, data, moved }: Answer): void {
    const next = typeof data["next"] === "string" ? data["next"] : moved;
    if (status >= 200 && status < 300 && next) {
      this.draft.forget();
      location.assign(next);
    } else if (status === 422) {
      showErrors(sentences(data["errors"]));
      showWarnings(sentences(data["warnings"]));
    } else if (status === 409 && "rev" in data) this.told("stale", data);
    else if (status === 410) this.told("expired", data);
    else if (status === 401) this.told("signed_out", data);
    else if (status === 0) toast("You are offline. Nothing was sent; your text is saved on this device.");
    else toast(typeof data["message"] === "string" ? data["message"] : "That did not work. Your draft is kept; try again.");
  }
}

/** The module of the type, found by its slug; the plain form for a type that has none, or when it cannot be loaded. */
async function startOf(type: string): Promise<Start> {
  try {
    return ((await import(`./types/${type}.ts`)) as { start: Start }).start;
  } catch {
    return plain;
  }
}

/** A note above the material with what can be done; null takes it away. */
function trouble(sentence: string | null, acts: [string, () => void][] = []): void {
  const box = $("#trouble");
  const [text, places] = [box && $("[data-sentence]", box), box && $("[data-acts]", box)];
  if (!box || !text || !places) return;
  box.hidden = sentence === null;
  text.textContent = sentence ?? "";
  places.replaceChildren(
    ...acts.map(([words, run]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn sm";
      button.textContent = words;
      button.addEventListener("click", run);
      return button;
    }),
  );
}

/** The counts under text boxes; outside the window they turn amber, and never stop anybody. */
function watchCounts(form: HTMLFormElement): void {
  const count = (box: HTMLTextAreaElement): void => {
    const words = countWords(box.value);
    const line = document.getElementById(box.dataset["count"] ?? "");
    const number = line && $("[data-words]", line);
    if (number) number.textContent = String(words);
    const most = Number(box.dataset["most"] || Infinity);
    line?.classList.toggle("warn", words > most);
    for (const other of $$(`[data-words-of="${box.id}"]`)) other.textContent = String(words);
  };
  for (const box of $$<HTMLTextAreaElement>("textarea[data-count]", form)) {
    count(box);
    box.addEventListener("input", () => count(box));
  }
}

/** Start the workspace on this page. */
export async function openTask(form: HTMLFormElement): Promise<void> {
  await new Task(form).open();
}

// Writing a golden response: headings, a preview drawn by the server, word count, sources, the model's attempt.
import { post } from "../core/http.ts";
import { say } from "../core/live.ts";
import { $, $$, field, tick, ticked, valueOf, type Frame, type Start, type Work } from "./work.ts";

const REST_MS = 600;

class Desk implements Work {
  private readonly frame: Frame;
  private readonly text: HTMLTextAreaElement;
  private timer = 0;

  constructor(frame: Frame, text: HTMLTextAreaElement) {
    this.frame = frame;
    this.text = text;
    for (const button of $$("[data-heading]")) {
      button.addEventListener("click", () => this.heading(button.dataset["heading"] ?? ""));
    }
    $("#preview-open")?.addEventListener("click", () => this.togglePreview());
    $("#source-add")?.addEventListener("click", () => this.addSource()?.focus());
    text.addEventListener("input", () => this.previewSoon());
    $<HTMLDetailsElement>("#attempt")?.addEventListener("toggle", () => this.opened());
  }

  answer(): Record<string, unknown> {
    const { form } = this.frame;
    return {
      text: this.text.value,
      format: valueOf(form, "format") || "markdown",
      constraints: $$<HTMLInputElement>("input[name=constraint]", form).map(({ value: id }) => {
        const met = valueOf(form, `met-${id}`);
        return { id, met: met === "" ? null : met === "yes", why: valueOf(form, `why-${id}`).trim() || null };
      }),
      sources: this.sources(),
      refusal: ticked(form, "refusal").length > 0,
      self_score: Number(valueOf(form, "self_score")) || null,
      ai_statement: ticked(form, "ai_statement").length > 0,
      response_opened: valueOf(form, "response_opened") === "1",
    };
  }

  restore(answer: Record<string, unknown>): void {
    const { form } = this.frame;
    this.text.value = typeof answer["text"] === "string" ? answer["text"] : "";
    for (const rule of objects(answer["constraints"])) {
      tick(form, `met-${rule["id"]}`, typeof rule["met"] === "boolean" ? [rule["met"] ? "yes" : "no"] : []);
      const why = field(form, `why-${rule["id"]}`);
      if (why) why.value = typeof rule["why"] === "string" ? rule["why"] : "";
    }
    this.restoreSources(objects(answer["sources"]));
    tick(form, "refusal", answer["refusal"] === true ? ["1"] : []);
    tick(form, "ai_statement", answer["ai_statement"] === true ? ["1"] : []);
    tick(form, "self_score", [String(answer["self_score"] ?? "")]);
  }

  /** The first draft is on the server: the model's attempt may be opened. */
  saved(): void {
    const attempt = $("#attempt");
    if (attempt) delete attempt.dataset["shut"];
    const hint = $("#attempt-shut");
    if (hint) hint.hidden = true;
  }

  private heading(text: string): void {
    const { text: area } = this;
    const before = area.value.slice(0, area.selectionStart);
    const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    area.focus();
    area.setRangeText(`${gap}## ${text}\n\n`, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    say(`Heading ${text} inserted`);
  }

  private get preview(): HTMLElement | null {
    return $("#preview");
  }

  private togglePreview(): void {
    const { preview } = this;
    if (!preview) return;
    preview.hidden = !preview.hidden;
    this.text.hidden = !preview.hidden;
    $("#preview-open")?.setAttribute("aria-pressed", String(!preview.hidden));
    if (preview.hidden) this.text.focus();
    else void this.fill(preview);
  }

  private previewSoon(): void {
    const { preview } = this;
    window.clearTimeout(this.timer);
    if (preview && !preview.hidden) this.timer = window.setTimeout(() => void this.fill(preview), REST_MS);
  }

  /** The server draws it: one sanitizer for everybody. */
  private async fill(preview: HTMLElement): Promise<void> {
    const answer = await post(this.frame.form.dataset["preview"] ?? "", { text: this.text.value });
    if (typeof answer.data["html"] === "string") preview.innerHTML = answer.data["html"] || "<p>(nothing yet)</p>";
    else preview.textContent = "The preview needs a connection. What you wrote is safe.";
    if (document.activeElement === document.body || document.activeElement === this.text) preview.focus();
  }

  private sources(): { url: string; quote: string }[] {
    return $$(".source").flatMap((row) => {
      const url = $<HTMLInputElement>("input", row)?.value.trim() ?? "";
      const quote = $<HTMLTextAreaElement>("textarea", row)?.value.trim() ?? "";
      return url || quote ? [{ url, quote }] : [];
    });
  }

  private restoreSources(sources: Record<string, unknown>[]): void {
    while ($$(".source").length < sources.length) this.addSource();
    $$(".source").forEach((row, index) => {
      const [url, quote] = [$<HTMLInputElement>("input", row), $<HTMLTextAreaElement>("textarea", row)];
      if (url) url.value = String(sources[index]?.["url"] ?? "");
      if (quote) quote.value = String(sources[index]?.["quote"] ?? "");
    });
  }

  /** One more row, a copy of the last with its own ids; its first field. */
  private addSource(): HTMLInputElement | null {
    const rows = $$(".source");
    const last = rows.at(-1);
    if (!last) return null;
    const made = last.cloneNode(true) as HTMLElement;
    const [old, fresh] = [`sources-${rows.length - 1}-`, `sources-${rows.length}-`];
    for (const node of $$("[id], [for]", made)) {
      if (node.id) node.id = node.id.replace(old, fresh);
      const target = node.getAttribute("for");
      if (target) node.setAttribute("for", target.replace(old, fresh));
    }
    for (const note of $$("[data-error]", made)) {
      note.dataset["error"] = note.dataset["error"]?.replace(`[${rows.length - 1}]`, `[${rows.length}]`) ?? "";
      note.hidden = true;
    }
    for (const box of $$<HTMLInputElement | HTMLTextAreaElement>("input, textarea", made)) box.value = "";
    last.after(made);
    return $<HTMLInputElement>("input", made);
  }

  private opened(): void {
    const noted = field(this.frame.form, "response_opened");
    if (!noted || noted.value === "1" || !$<HTMLDetailsElement>("#attempt")?.open) return;
    noted.value = "1";
    this.frame.changed();
  }
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

/** Writing on this page. */
export const start: Start = (frame) => {
  const text = field<HTMLTextAreaElement>(frame.form, "text");
  if (!text) throw new Error("the page has no text to write");
  return new Desk(frame, text);
};

/** Logging out clears what this device keeps: what was never saved is sent first, and what cannot be is asked about. */
import { copies, dropCopy, type Copy } from "./draft.ts";
import { post } from "./http.ts";

const GONE = 410;
const NOT_THEIRS: readonly number[] = [403, 404]; // of somebody else who worked on this device

/** Watch the forms with `data-logout`. */
export function watchLeaving(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.dataset["logout"] === undefined || form.dataset["logout"] === "sure") return;
      const kept = copies(localStorage);
      if (!kept.size) return;
      event.preventDefault();
      void leave(form, kept);
    },
    { capture: true },
  );
}

async function leave(form: HTMLFormElement, kept: Map<string, Copy>): Promise<void> {
  const lost: string[] = [];
  for (const [id, copy] of kept) {
    if (await isSafe(id, copy)) dropCopy(localStorage, id);
    else lost.push(id);
  }
  const box = document.getElementById("unsaved");
  if (lost.length && box instanceof HTMLDialogElement) {
    ask(box, lost);
    return;
  }
  form.dataset["logout"] = "sure";
  form.requestSubmit();
}

/** Whether the server has this text now, or it belongs to somebody who is not here. */
async function isSafe(id: string, { at: _, ...content }: Copy): Promise<boolean> {
  const { status, data } = await post(`/tasks/${id}/save`, content);
  if (status === GONE) return typeof data["rev"] === "number";
  return (status >= 200 && status < 300) || NOT_THEIRS.includes(status);
}

function ask(box: HTMLDialogElement, lost: string[]): void {
  const list = box.querySelector("ul");
  list?.replaceChildren(
    ...lost.map((id, index) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = `/tasks/${id}`;
      link.textContent = lost.length > 1 ? `Open task ${index + 1}` : "Open the task";
      item.append(link);
      return item;
    }),
  );
  box.showModal();
}

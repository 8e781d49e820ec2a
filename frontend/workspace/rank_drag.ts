/** Drag by pointer on the short rows only: long responses never move under the reader. One drag is one undo step. */
import type { Board } from "./rank.ts";
import { placed } from "./ranking.ts";
import { $, $$ } from "./work.ts";

const SLACK = 5;

export function watchDrag(board: Board): void {
  const list = $(".ranklist");
  list?.addEventListener("pointerdown", (down) => {
    const row = down.target instanceof Element ? down.target.closest<HTMLElement>("[data-rk]") : null;
    const id = row?.dataset["rk"];
    if (!row || !id || down.button) return;
    const before = board.state();
    let moving = false;
    const move = (event: PointerEvent): void => {
      if (!moving && Math.abs(event.clientY - down.clientY) < SLACK) return;
      if (!moving) {
        moving = true;
        row.classList.add("drag");
        row.setPointerCapture(event.pointerId);
      }
      const goal = under(list, id, event.clientY);
      if (goal) board.put(id, board.ranking.slots.indexOf(goal), true);
    };
    const end = (): void => {
      row.classList.remove("drag");
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      if (before.ranking !== board.ranking) board.keep(before);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);

    /** The placed row whose middle the pointer has passed. */
    function under(inside: HTMLElement, own: string, y: number): string | null {
      const order = placed(board.ranking);
      const at = order.indexOf(own);
      for (const other of $$("[data-rk]", inside)) {
        const name = other.dataset["rk"] ?? "";
        const place = order.indexOf(name);
        if (name === own || place < 0) continue;
        const box = other.getBoundingClientRect();
        const middle = box.top + box.height / 2;
        if ((at < 0 || place < at) && y < middle) return name;
        if (at >= 0 && place > at && y > middle && place === order.length - 1) return name;
        const next = order[place + 1];
        const after = next ? $(`[data-rk="${next}"]`, inside)?.getBoundingClientRect() : undefined;
        if (at >= 0 && place > at && y > middle && (!after || y <= after.top + after.height / 2)) return name;
      }
      return null;
    }
  });
}

/** Draws a ranking: rows, places, strengths, the line at the bottom of narrow windows. */
import type { Board } from "./rank.ts";
import { placed } from "./ranking.ts";
import { $, $$ } from "./work.ts";

const SIGNS = ["=", ">", "≫"];
const SPOKEN = ["the same as", "better than", "much better than"];

/** The button of a response in the list. */
export function rowOf(id: string): HTMLElement | null {
  return $(`[data-rk="${id}"] .rk-b`);
}

export function paint(board: Board): void {
  const order = placed(board.ranking);
  const rest = board.ids.filter((id) => !order.includes(id));
  arrange(order, rest);
  for (const id of board.ids) paintResponse(board, id);
  $$("[data-gap]").forEach((gap, index) => {
    const value = String(board.ranking.gaps[index] ?? 1);
    for (const radio of $$<HTMLInputElement>("input", gap)) radio.checked = radio.value === value;
  });
  $(".ranklist")?.classList.toggle("off", board.noneGood());
  paintStrip(board, order);
}

/** Rows and gaps in their order; only what stands wrong is moved, so that the focus stays where it is. */
function arrange(order: readonly string[], rest: readonly string[]): void {
  const list = $(".ranklist");
  if (!list) return;
  const gaps = $$("[data-gap]", list);
  const rows = (ids: readonly string[]): HTMLElement[] => ids.flatMap((id) => $$(`[data-rk="${id}"]`, list));
  const wanted: HTMLElement[] = rows(order).flatMap((row, index) => {
    const gap = index < order.length - 1 ? gaps[index] : undefined;
    return gap ? [row, gap] : [row];
  });
  gaps.forEach((gap, index) => (gap.hidden = index >= order.length - 1));
  const label = restLabel(list, rest.length > 0 && order.length > 0);
  wanted.push(...(label ? [label] : []), ...rows(rest), ...gaps.slice(Math.max(order.length - 1, 0)));
  const focused = document.activeElement;
  wanted.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  if (focused instanceof HTMLElement && focused !== document.activeElement && list.contains(focused)) focused.focus();
}

function restLabel(list: HTMLElement, wanted: boolean): HTMLElement | null {
  const old = $(".rest", list);
  if (!wanted) {
    old?.remove();
    return null;
  }
  if (old) return old;
  const label = document.createElement("li");
  label.className = "rest";
  label.textContent = "Not placed yet";
  list.append(label);
  return label;
}

function paintResponse(board: Board, id: string): void {
  const place = board.ranking.slots.indexOf(id) + 1;
  const row = $(`[data-rk="${id}"]`);
  row?.classList.toggle("free", place === 0);
  const position = row && $(".pos", row);
  if (position) position.textContent = place ? String(place) : "–";
  const button = rowOf(id);
  if (button) button.tabIndex = id === board.active ? 0 : -1; // one tab stop for the whole list
  for (const radio of $$<HTMLInputElement>(`[name="rank-${id}"]`)) radio.checked = radio.value === String(place);
  const tab = $(`[data-place="${id}"]`);
  if (tab) tab.textContent = place ? `place ${place}` : "no place";
}

function paintStrip(board: Board, order: readonly string[]): void {
  const strip = $("#strip");
  if (!strip) return;
  const parts = order.flatMap((id, index) => {
    const tile = document.createElement("span");
    tile.className = "tile";
    tile.textContent = board.letter(id);
    const sign = document.createElement("i");
    sign.textContent = SIGNS[board.ranking.gaps[index] ?? 1] ?? "";
    return index < order.length - 1 ? [tile, sign] : [tile];
  });
  strip.replaceChildren(...parts);
  const words = order.map((id, index) => {
    const gap = index < order.length - 1 ? ` ${SPOKEN[board.ranking.gaps[index] ?? 1] ?? ""} ` : "";
    return board.letter(id) + gap;
  });
  strip.setAttribute("aria-label", `Your ranking: ${words.join("") || "nothing is placed yet"}`);
}

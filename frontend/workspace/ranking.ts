/** An order with strengths, as places that may be free: pure, so that every move can be tested. */
export interface Ranking {
  /** Place 1 first; null is a free place. */
  slots: readonly (string | null)[];
  /** How much better the nth placed response is than the next: 2 much, 1 better, 0 the same. */
  gaps: readonly number[];
}

export interface Said {
  groups: string[][];
  strengths: number[];
}

export const SAME = 0;
export const BETTER = 1;
const NEXT: Record<number, number> = { 2: 1, 1: 0, 0: 2 };

export function empty(count: number): Ranking {
  return { slots: Array<null>(count).fill(null), gaps: Array<number>(Math.max(count - 1, 0)).fill(BETTER) };
}

/** The placed responses, best first. */
export function placed(ranking: Ranking): string[] {
  return ranking.slots.filter((id) => id !== null);
}

/** Everybody in the given order; `from` says which have a place, null for none. */
export function start(ids: readonly string[], places: readonly (number | null)[], gaps: readonly number[]): Ranking {
  const slots: (string | null)[] = Array<null>(ids.length).fill(null);
  ids.forEach((id, index) => {
    const place = places[index];
    if (place) slots[place - 1] = id;
  });
  const { gaps: usual } = empty(ids.length);
  return { slots, gaps: usual.map((gap, index) => gaps[index] ?? gap) };
}

/** The same ranking with this response on this place (from 0); those in the way make room. */
export function put(ranking: Ranking, id: string, place: number): Ranking {
  const slots = [...ranking.slots];
  const to = Math.max(0, Math.min(slots.length - 1, place));
  const from = slots.indexOf(id);
  if (from === to) return ranking;
  if (from >= 0) slots[from] = null;
  if (slots[to] !== null) makeRoom(slots, to, from >= 0 ? from : nearestFree(slots, to));
  slots[to] = id;
  return { slots, gaps: ranking.gaps };
}

function nearestFree(slots: readonly (string | null)[], to: number): number {
  const free = slots.flatMap((id, index) => (id === null ? [index] : []));
  return free.reduce((best, index) => (Math.abs(index - to) < Math.abs(best - to) ? index : best), free.at(-1) ?? to);
}

/** Shift everything between `to` and the free place at `hole` by one, towards the hole. */
function makeRoom(slots: (string | null)[], to: number, hole: number): void {
  const step = hole > to ? -1 : 1;
  for (let at = hole; at !== to; at += step) slots[at] = slots[at + step] ?? null;
  slots[to] = null;
}

/** One step up (-1) or down (1) past its neighbour; a response without a place goes to the first free one. */
export function move(ranking: Ranking, id: string, step: -1 | 1): Ranking {
  const order = placed(ranking);
  const at = order.indexOf(id);
  if (at < 0) return put(ranking, id, ranking.slots.indexOf(null));
  const neighbour = order[at + step];
  return neighbour === undefined ? ranking : put(ranking, id, ranking.slots.indexOf(neighbour));
}

/** The same ranking with another strength after the nth placed response (from 0). */
export function strength(ranking: Ranking, gap: number, value: number): Ranking {
  return { slots: ranking.slots, gaps: ranking.gaps.map((old, index) => (index === gap ? value : old)) };
}

/** Much better, better, the same, much better ... */
export function cycled(value: number): number {
  return NEXT[value] ?? BETTER;
}

/** Groups and strengths, as the server reads them; "the same" joins two into one group. */
export function said(ranking: Ranking): Said {
  const groups: string[][] = [];
  const strengths: number[] = [];
  placed(ranking).forEach((id, index) => {
    const gap = ranking.gaps[index - 1] ?? BETTER;
    const last = groups.at(-1);
    if (last && gap === SAME) last.push(id);
    else {
      if (last) strengths.push(gap);
      groups.push([id]);
    }
  });
  return { groups, strengths };
}

/** The ranking that says this; unknown ids are left out. */
export function of(ids: readonly string[], answer: Partial<Said>): Ranking {
  const { slots, gaps } = empty(ids.length);
  const order: string[] = [];
  const found = [...gaps];
  (answer.groups ?? []).forEach((group, index) => {
    group.filter((id) => ids.includes(id) && !order.includes(id)).forEach((id, within) => {
      if (order.length) found[order.length - 1] = within ? SAME : (answer.strengths?.[index - 1] ?? BETTER);
      order.push(id);
    });
  });
  return { slots: slots.map((_, index) => order[index] ?? null), gaps: found };
}
